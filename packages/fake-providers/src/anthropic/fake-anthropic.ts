import { once } from 'node:events';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { FakeScript } from '../script.ts';
import { toEvents, toMessage } from './answer-events.ts';
import { checkHeaders, checkMessages, checkTokenCount, type FakeVersion, readBetas } from './check-request.ts';
import { composeAnswer } from './compose-answer.ts';
import { findFault, type StreamFault } from './faults.ts';
import { FakeLedger, type FakeRecord } from './ledger.ts';
import { fakeModels } from './models.ts';
import { PromptCache } from './prompt-cache.ts';
import { Refusal } from './refusal.ts';
import { countPromptTokens } from './tokens.ts';

export interface FakeAnthropicOptions {
  /** The only key that is taken. Default `sk-ant-fake`. */
  credential?: string;
  /** The answers of its models, in place of the built-in ones. Words of a prompt make no faults then. */
  script?: FakeScript;
}

export interface FakeAnthropic {
  readonly listener: RequestListener;
  readonly ledger: FakeLedger;
}

interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  record: FakeRecord;
  /** Number of the request; in `request-id` and in the id of the message. */
  sequence: number;
}

const bodyBytesMax = 32_000_000;
/** The vendor pads its events, so that their size reveals nothing of the text. */
const padding = ' '.repeat(5);

/**
 * Anthropic's API in its own words: `POST /v1/messages`, plain and streamed, `POST /v1/messages/count_tokens` and
 * `GET /v1/models`. It takes what the vendor takes and refuses the rest; its answers are
 * described at `composeAnswer`, its faults at `findFault`.
 */
export function createFakeAnthropic({ credential = 'sk-ant-fake', script }: FakeAnthropicOptions = {}): FakeAnthropic {
  const ledger = new FakeLedger();
  const cache = new PromptCache();
  let sequence = 0;

  const listener: RequestListener = (request, response) => {
    sequence += 1;
    const { 'x-client-request-id': id, 'anthropic-version': named } = request.headers;
    const path = new URL(request.url ?? '/', 'http://fake').pathname;
    const attemptId = typeof id === 'string' ? id : null;
    const record = ledger.open({ attemptId, path, version: typeof named === 'string' ? named : null });
    const exchange = { request, response, record, sequence };
    serve(exchange, path).catch((error: unknown) => refuse(exchange, error));
  };

  async function serve(exchange: Exchange, path: string): Promise<void> {
    const version = checkHeaders(exchange.request.headers, credential);
    const route = `${exchange.request.method} ${path}`;
    if (route === 'GET /v1/models') return serveModels(exchange);
    const body = await readBody(exchange.request);
    if (route === 'POST /v1/messages/count_tokens') return countTokens(exchange, body);
    if (route !== 'POST /v1/messages') throw new Refusal('not_found_error', 'Not Found');
    await serveMessage(exchange, body, version);
  }

  async function serveMessage(exchange: Exchange, body: string, version: FakeVersion): Promise<void> {
    const { request, model } = checkMessages(body, version, readBetas(exchange.request.headers));
    const { record } = exchange;
    record.request = request;
    const fault = script === undefined ? findFault(JSON.stringify(request.messages.at(-1))) : null;
    record.prompt = cache.take(request);
    const answer = composeAnswer(request, model, script);
    const head = { id: `msg_fake_${exchange.sequence}`, model: model.id };
    record.thinkingTokens = answer.thinkingTokens;
    if (request.stream === true) return writeEvents(exchange, toEvents(answer, head, record.prompt), fault);
    if (fault === 'error-event') throw new Refusal('api_error', 'Internal server error');
    record.outputTokens = answer.outputTokens;
    record.state = fault === 'cut' ? 'failed' : 'completed';
    if (fault === 'cut') exchange.response.destroy();
    else sendJson(exchange, 200, JSON.stringify(toMessage(answer, head, record.prompt)));
  }

  return { listener, ledger };
}

async function writeEvents(
  { response, record }: Exchange,
  events: ReturnType<typeof toEvents>,
  fault: StreamFault | null,
): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' });
  const breakAt = fault === null ? events.length : Math.floor(events.length / 2);
  for (const { event, outputTokens } of events.slice(0, breakAt)) {
    if (response.destroyed) {
      record.state = 'aborted';
      return;
    }
    record.outputTokens += outputTokens;
    const data = `${JSON.stringify(event).slice(0, -1)}${event.type === 'content_block_delta' ? padding : ''}}`;
    if (!response.write(`event: ${event.type}\ndata: ${data}\n\n`))
      await Promise.race([once(response, 'drain'), once(response, 'close')]);
  }
  record.state = fault === null ? 'completed' : 'failed';
  if (fault === 'cut') response.write(': cut\n\n', () => response.destroy());
  else if (fault === 'error-event') {
    const error = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } };
    response.end(`event: error\ndata: ${JSON.stringify(error)}\n\n`);
  } else response.end();
}

function countTokens(exchange: Exchange, body: string): void {
  const { request } = checkTokenCount(body);
  exchange.record.request = request;
  exchange.record.state = 'completed';
  sendJson(exchange, 200, JSON.stringify({ input_tokens: countPromptTokens(request) }));
}

function serveModels(exchange: Exchange): void {
  exchange.record.state = 'completed';
  const data = fakeModels.map(({ id, maxTokens, contextTokens }) => ({
    type: 'model',
    id,
    display_name: id,
    created_at: '2026-01-01T00:00:00Z',
    max_input_tokens: contextTokens,
    max_tokens: maxTokens,
  }));
  const ends = { first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null };
  sendJson(exchange, 200, JSON.stringify({ data, has_more: false, ...ends }));
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes > bodyBytesMax) throw new Refusal('request_too_large', 'Request exceeds the maximum size');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Responds with a refusal as such. Any other failure breaks the connection, as a crash would. */
function refuse(exchange: Exchange, error: unknown): void {
  const { response, record, sequence } = exchange;
  if (error instanceof Refusal && !response.headersSent) {
    record.state = 'refused';
    sendJson(exchange, error.status, error.toBody(`req_fake_${sequence}`), error.headers);
    return;
  }
  record.state = 'failed';
  response.destroy();
}

function sendJson(
  { response, sequence }: Exchange,
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, {
    'content-type': 'application/json',
    'request-id': `req_fake_${sequence}`,
    ...headers,
  });
  response.end(body);
}
