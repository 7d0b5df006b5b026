import { once } from 'node:events';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { FakeScript } from '../script.ts';
import { embedText } from '../vectors.ts';
import { type AnswerPiece, toAnswer, toPieces } from './answer-pieces.ts';
import { checkBatch, checkCountTokens, checkGenerateContent, checkKey, checkModel } from './check-request.ts';
import { composeAnswer } from './compose-answer.ts';
import { findFault, type StreamFault } from './faults.ts';
import { FakeLedger, type FakeRecord, noUsage } from './ledger.ts';
import { type FakeModel, fakeModels } from './models.ts';
import { Refusal } from './refusal.ts';
import { countPromptTokens, countTokens } from './tokens.ts';
import type { FakeRequest } from './wire.ts';

export interface FakeGeminiOptions {
  /** The only key that is taken. Default `AIza-fake`. */
  credential?: string;
  /** The answers of its models, in place of the built-in ones. Words of a prompt make no faults then. */
  script?: FakeScript;
}

export interface FakeGemini {
  readonly listener: RequestListener;
  readonly ledger: FakeLedger;
}

interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  record: FakeRecord;
  url: URL;
  /** Number of the answer. */
  sequence: number;
}

const bodyBytesMax = 20_971_520;
const modelPath = /^\/v1(?:beta)?\/models\/([\w.-]+)(?::(\w+))?$/;
const listPath = /^\/v1(?:beta)?\/models$/;
const dimensionsDefault = 3072;

/**
 * Google's Gemini API in its own words, under `/v1beta` or `/v1`: `models/{model}:generateContent`,
 * `:streamGenerateContent`, `:countTokens`, `:batchEmbedContents` and `GET models`. It takes what the vendor takes and
 * refuses the rest; its answers are described at `composeAnswer`, its faults at `findFault`.
 */
export function createFakeGemini({ credential = 'AIza-fake', script }: FakeGeminiOptions = {}): FakeGemini {
  const ledger = new FakeLedger();
  let sequence = 0;

  const listener: RequestListener = (request, response) => {
    sequence += 1;
    const url = new URL(request.url ?? '/', 'http://fake');
    const id = request.headers['x-client-request-id'];
    const record = ledger.open({ attemptId: typeof id === 'string' ? id : null, path: url.pathname });
    const exchange = { request, response, record, url, sequence };
    serve(exchange, credential, script).catch((error: unknown) => refuse(exchange, error));
  };
  return { listener, ledger };
}

async function serve(exchange: Exchange, credential: string, script: FakeScript | undefined): Promise<void> {
  const { request, url } = exchange;
  checkKey(request.headers, credential);
  if (request.method === 'GET') return serveModels(exchange);
  const [, id = '', method = ''] = modelPath.exec(url.pathname) ?? [];
  const model = checkModel(id, method);
  const body = await readBody(request);
  if (method === 'countTokens') return serveCount(exchange, body, model);
  if (method === 'batchEmbedContents') return serveEmbeddings(exchange, body, model);
  const content = checkGenerateContent(body, model);
  await serveContent(exchange, content, model, method === 'streamGenerateContent', script);
}

async function serveContent(
  exchange: Exchange,
  request: FakeRequest,
  model: FakeModel,
  isStream: boolean,
  script: FakeScript | undefined,
): Promise<void> {
  const { record, response, sequence, url } = exchange;
  record.request = request;
  const prompt = JSON.stringify(request.contents.at(-1));
  const fault = script === undefined ? findFault(prompt) : null;
  const { all, audio, image } = countPromptTokens(request);
  // Half of the prompt, if a word asks for it: the vendor does not promise what it caches.
  const cached = /#cached\b/.test(prompt) ? Math.floor((all - audio - image) / 2) : 0;
  record.usage = { ...noUsage, prompt: all, promptAudio: audio, promptImage: image, cached };
  const answer = composeAnswer(request, model, script);
  const head = { responseId: `fake${sequence}`, modelVersion: model.id };
  const pieces = toPieces(answer, head, request);
  if (isStream && url.searchParams.get('alt') === 'sse') return writePieces(exchange, pieces, fault);
  if (fault === 'error-event') throw new Refusal('INTERNAL', 'An internal error has occurred.');
  for (const { tokens } of pieces) owe(record, tokens);
  record.state = fault === 'cut' ? 'failed' : 'completed';
  if (fault === 'cut') response.destroy();
  // Without server-sent events a stream is the list of its pieces.
  else if (isStream)
    sendJson(
      response,
      200,
      pieces.map(({ piece }) => piece(record.usage)),
    );
  else sendJson(response, 200, toAnswer(answer, head, record.usage, request));
}

async function writePieces({ response, record }: Exchange, pieces: readonly AnswerPiece[], fault: StreamFault | null) {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const breakAt = fault === null ? pieces.length : Math.floor(pieces.length / 2);
  for (const { piece, tokens } of pieces.slice(0, breakAt)) {
    if (response.destroyed) {
      record.state = 'aborted';
      return;
    }
    owe(record, tokens);
    if (!response.write(`data: ${JSON.stringify(piece(record.usage))}\r\n\r\n`)) await drainOrClose(response);
  }
  record.state = fault === null ? 'completed' : 'failed';
  if (fault === 'cut') response.write(': cut\r\n\r\n', () => response.destroy());
  else if (fault === 'error-event') {
    const refusal = new Refusal('UNAVAILABLE', 'The model is overloaded. Please try again later.');
    response.end(`data: ${JSON.stringify(refusal.toBody())}\r\n\r\n`);
  } else response.end();
}

async function drainOrClose(response: ServerResponse): Promise<void> {
  const waiting = new AbortController();
  const { signal } = waiting;
  await Promise.race([once(response, 'drain', { signal }), once(response, 'close', { signal })]);
  waiting.abort();
}

function owe({ usage }: FakeRecord, { candidates, image, thoughts }: AnswerPiece['tokens']): void {
  usage.candidates += candidates;
  usage.image += image;
  usage.thoughts += thoughts;
}

function serveCount({ response, record }: Exchange, body: string, model: FakeModel): void {
  const request = checkCountTokens(body, model);
  record.request = request;
  record.state = 'completed';
  sendJson(response, 200, { totalTokens: countPromptTokens(request).all });
}

function serveEmbeddings({ response, record }: Exchange, body: string, model: FakeModel): void {
  const batch = checkBatch(body, model);
  const texts = batch.requests.map(({ content }) => content.parts.map(({ text }) => text).join(''));
  record.request = batch;
  record.state = 'completed';
  record.usage = { ...noUsage, prompt: texts.reduce((sum, text) => sum + countTokens(text), 0) };
  const embeddings = texts.map((text, index) => ({
    values: embedText(text, batch.requests[index]?.outputDimensionality ?? dimensionsDefault),
  }));
  sendJson(response, 200, { embeddings, usageMetadata: { promptTokenCount: record.usage.prompt } });
}

function serveModels({ response, record, url }: Exchange): void {
  const models = fakeModels.map(({ id, methods, inputTokensMax, outputTokensMax }) => ({
    name: `models/${id}`,
    version: '001',
    displayName: id,
    inputTokenLimit: inputTokensMax,
    outputTokenLimit: outputTokensMax,
    supportedGenerationMethods: methods,
  }));
  const [, id] = modelPath.exec(url.pathname) ?? [];
  const one = models.find(({ name }) => name === `models/${id}`);
  if (!listPath.test(url.pathname) && one === undefined) throw new Refusal('NOT_FOUND', 'Model not found.');
  record.state = 'completed';
  const pageSize = Number(url.searchParams.get('pageSize') ?? 50);
  const isCut = pageSize < models.length;
  sendJson(response, 200, one ?? { models: models.slice(0, pageSize), ...(isCut && { nextPageToken: 'next' }) });
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes > bodyBytesMax) {
      throw new Refusal('INVALID_ARGUMENT', `Request payload size exceeds the limit: ${bodyBytesMax} bytes.`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Responds with a refusal as such. Any other failure breaks the connection, as a crash would. */
function refuse({ response, record, url }: Exchange, error: unknown): void {
  if (error instanceof Refusal && !response.headersSent) {
    record.state = 'refused';
    const isList = url.pathname.endsWith(':streamGenerateContent') && url.searchParams.get('alt') !== 'sse';
    sendJson(response, error.code, isList ? [error.toBody()] : error.toBody());
    return;
  }
  record.state = 'failed';
  response.destroy();
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=UTF-8' });
  response.end(JSON.stringify(body));
}
