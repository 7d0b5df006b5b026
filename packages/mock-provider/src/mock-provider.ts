import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Operation } from '@aggregator/contracts';
import { checkKey } from './check-key.ts';
import { checkChat, checkEmbeddings } from './check-request.ts';
import { type Exchange, pause, readBody, sendJson } from './exchange.ts';
import { drawFault, readFaultScript } from './fault-script.ts';
import type { Fault, MockAttempt } from './faults.ts';
import { type LedgerRecord, MockLedger } from './ledger.ts';
import { Refusal } from './refusal.ts';
import { serveChatStream, servePlainChat } from './serve-chat.ts';
import { serveEmbeddings } from './serve-embeddings.ts';
import { serveLedger, serveModels, serveUsage } from './serve-records.ts';
import { countCachedTokens } from './tokens.ts';

export interface MockProviderOptions {
  /** From the request to the first byte of the answer. Default 0. */
  latencyMs?: number;
  /** Before each token of a stream. Default 0. */
  chunkDelayMs?: number;
  /** Tokens of a text answer that nothing limits. Default 40. */
  wordsPerAnswer?: number;
  /** How keys that it takes begin; any other key is refused by 401. Default: every key is taken. */
  apiKeyPrefix?: string;
  /** File that keeps the ledger beyond the life of the process; the folder must exist. Default: none. */
  ledgerPath?: string;
  /** Records kept in memory. Default 100,000, with a ledger file 1,000,000. */
  ledgerRecordsMax?: number;
  /** How long a question for the record of an open attempt waits for its end. Default 2 s. */
  usageWaitMs?: number;
  /** Returns the fault of an attempt; called once for each valid attempt. Default: no fault. */
  faults?(attempt: MockAttempt): Fault | null;
  /** From 0 to below 1: which requests the faults of a script happen to. */
  random?(): number;
  now?(): number;
}

/** How one attempt goes: as its own script says, and else as the options do. */
interface Course {
  fault: Exclude<Fault, { kind: 'status' }> | null;
  latencyMs: number;
  chunkDelayMs: number;
}

export interface MockProvider {
  /** Serves one request. `path` is what follows the mount point, as `/chat/completions`, with or without a query. */
  handleRequest(request: IncomingMessage, response: ServerResponse, path: string): void;
  readonly ledger: MockLedger;
  /** Breaks off what is open, settles it and closes the ledger. */
  close(): void;
}

const attemptIdCharactersMax = 200;
const operationByPath: ReadonlyMap<string, Operation> = new Map([
  ['/chat/completions', 'chat.completions'],
  ['/embeddings', 'embeddings'],
]);

/**
 * A provider of OpenAI's dialect that needs no key and no network, charges by its own ledger, and can fail by a script.
 * A request can bring its own script in `x-mock-script`. Speaks `POST /chat/completions`, `POST /embeddings`, `GET
 * /models`, `GET /usage/{attemptId}` and `GET /ledger`. The id of an attempt comes in `x-request-id`.
 */
export function createMockProvider(options: MockProviderOptions = {}): MockProvider {
  const { ledgerPath: path, now = Date.now } = options;
  const recordsMax = options.ledgerRecordsMax ?? (path === undefined ? 100_000 : 1_000_000);
  const ledger = new MockLedger({ recordsMax, now, ...(path !== undefined && { path }) });
  const serving: Serving = { options, ledger, now };
  let isClosed = false;
  const open = new Set<AbortController>();

  function handleRequest(request: IncomingMessage, response: ServerResponse, path: string): void {
    const left = new AbortController();
    open.add(left);
    response.once('close', () => {
      open.delete(left);
      left.abort();
    });
    const exchange: Exchange = { request, response, signal: left.signal };
    const [route = ''] = path.split('?');
    const operation = request.method === 'POST' ? operationByPath.get(route) : undefined;
    if (isClosed) response.destroy();
    else if (operation === undefined)
      settleFailure(exchange, serveReading(exchange, ledger, route, options.usageWaitMs ?? 2_000));
    else serveOperation(exchange, operation);
  }

  function serveOperation(exchange: Exchange, operation: Operation): void {
    const record = ledger.open(readAttemptId(exchange.request), operation);
    // Settles when the caller leaves, also if nothing is waiting for it at that moment.
    const { response, signal } = exchange;
    const settleAborted = () => ledger.settle(record, 'aborted', response.headersSent ? response.statusCode : null);
    signal.addEventListener('abort', settleAborted, { once: true });
    const served =
      operation === 'embeddings' ? answerEmbeddings(serving, exchange, record) : answerChat(serving, exchange, record);
    settleFailure(exchange, served, (status) => ledger.settle(record, status === null ? 'failed' : 'refused', status));
  }

  return {
    handleRequest,
    ledger,
    close() {
      if (isClosed) return;
      isClosed = true;
      for (const left of [...open]) left.abort();
      ledger.close();
    },
  };
}

interface Serving {
  readonly options: MockProviderOptions;
  readonly ledger: MockLedger;
  now(): number;
}

async function answerChat({ options, ledger, now }: Serving, exchange: Exchange, record: LedgerRecord): Promise<void> {
  const body = await readBody(exchange);
  checkKey(exchange.request, options.apiKeyPrefix);
  const chat = checkChat(body);
  const { request, promptTokens } = chat;
  const isStreamed = request.stream === true;
  const lastRole = request.messages.at(-1)?.role ?? null;
  const about = { model: request.model, isStreamed, lastRole };
  const { fault, latencyMs, chunkDelayMs } = await findCourse(options, exchange, record, about);
  const cachedTokens = countCachedTokens(request);
  ledger.accept(record, { model: request.model, isStreamed, promptTokens, cachedTokens });
  await pause(latencyMs, exchange.signal);
  const serve = isStreamed ? serveChatStream : servePlainChat;
  await serve({
    exchange,
    ledger,
    record,
    chat,
    fault,
    wordsPerAnswer: options.wordsPerAnswer ?? 40,
    chunkDelayMs,
    created: Math.floor(now() / 1000),
  });
}

async function answerEmbeddings({ options, ledger }: Serving, exchange: Exchange, record: LedgerRecord): Promise<void> {
  const body = await readBody(exchange);
  checkKey(exchange.request, options.apiKeyPrefix);
  const embeddings = checkEmbeddings(body);
  const { request, promptTokens } = embeddings;
  const about = { model: request.model, isStreamed: false, lastRole: null };
  const { fault, latencyMs } = await findCourse(options, exchange, record, about);
  ledger.accept(record, { model: request.model, isStreamed: false, promptTokens, cachedTokens: 0 });
  await pause(latencyMs, exchange.signal);
  await serveEmbeddings(exchange, ledger, record, embeddings, fault);
}

async function serveReading(exchange: Exchange, ledger: MockLedger, route: string, usageWaitMs: number): Promise<void> {
  exchange.request.resume();
  if (exchange.request.method === 'GET') {
    if (route === '/models') return serveModels(exchange);
    if (route === '/ledger') return serveLedger(exchange, ledger);
    if (route.startsWith('/usage/')) {
      return serveUsage(exchange, ledger, route.slice('/usage/'.length), usageWaitMs);
    }
  }
  throw new Refusal(404, { message: `Invalid URL (${exchange.request.method} ${route})` });
}

/** Responds with a refusal as such. Anything else that fails breaks the connection, as a crash would. */
function settleFailure(exchange: Exchange, serving: Promise<void>, settle?: (status: number | null) => void): void {
  serving.catch((error: unknown) => {
    const { response, signal } = exchange;
    if (error instanceof Refusal) {
      settle?.(error.status);
      sendJson(response, error.status, error.body, error.headers);
    } else {
      if (!signal.aborted) settle?.(null);
      response.destroy();
    }
  });
}

/** @throws {Refusal} if the script is invalid, and if the fault is a status: after the latency of the script. */
async function findCourse(
  options: MockProviderOptions,
  { request, signal }: Exchange,
  { attemptId, operation }: LedgerRecord,
  about: Pick<MockAttempt, 'model' | 'isStreamed' | 'lastRole'>,
): Promise<Course> {
  const script = readFaultScript(request);
  const asked = options.faults?.({ attemptId, operation, ...about }) ?? null;
  const fault = asked ?? drawFault(script, options.random ?? Math.random);
  if (fault?.kind === 'status') {
    await pause(script.latencyMs ?? 0, signal);
    throw toRefusal(fault);
  }
  const latencyMs = script.latencyMs ?? options.latencyMs ?? 0;
  return { fault, latencyMs, chunkDelayMs: script.tokenIntervalMs ?? options.chunkDelayMs ?? 0 };
}

function toRefusal({ status, retryAfterSeconds, code }: Extract<Fault, { kind: 'status' }>): Refusal {
  const error = toError(status, code);
  return retryAfterSeconds === undefined
    ? new Refusal(status, error)
    : new Refusal(status, error, { 'retry-after': String(retryAfterSeconds) });
}

function toError(status: number, code: string | undefined) {
  if (code !== undefined) return { message: `The request was refused: ${code}.`, code };
  if (status === 429) return { message: 'Rate limit reached.', type: 'requests', code: 'rate_limit_exceeded' };
  return { message: 'The server had an error while processing your request.', type: 'server_error' };
}

function readAttemptId(request: IncomingMessage): string | null {
  const id = request.headers['x-request-id'];
  return typeof id === 'string' && id !== '' ? id.slice(0, attemptIdCharactersMax) : null;
}
