import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FakeRecord } from './ledger.ts';
import { Refusal } from './refusal.ts';

const bodyBytesMax = 32_000_000;

/** One request at a fake, and what is written of it. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly record: FakeRecord;
  /** Number of the request, in the ids of answers. */
  readonly sequence: number;
}

/** @throws {Refusal} 413 above 32 MB, 400 for what is not JSON. */
export async function readJson({ request }: Exchange): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes > bodyBytesMax) throw new Refusal(413, { message: 'Request body too large.' });
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    throw new Refusal(400, { message: 'We could not parse the JSON body of your request.' });
  }
}

/** @throws {Refusal} 401 unless the credential comes as a bearer token, as `expected`. */
export function checkCredential({ request }: Exchange, expected: string): void {
  const { authorization } = request.headers;
  if (authorization === undefined) {
    throw new Refusal(401, { message: "You didn't provide an API key.", code: null });
  }
  if (authorization === `Bearer ${expected}`) return;
  const key = authorization.replace(/^Bearer /, '');
  throw new Refusal(401, { message: `Incorrect API key provided: ${key}.`, code: 'invalid_api_key' });
}

export function sendJson(
  { response }: Exchange,
  status: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

export function beginEvents({ response }: Exchange): void {
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' });
}

/** Writes a part of a stream, and waits for a slow reader. False if the caller has left. */
export async function write({ response, record }: Exchange, text: string): Promise<boolean> {
  if (response.destroyed) {
    record.state = 'aborted';
    return false;
  }
  if (!response.write(text)) await Promise.race([once(response, 'drain'), once(response, 'close')]);
  return true;
}

/** Hands what was written to the network, and tears the connection. */
export function cut({ response, record }: Exchange): void {
  record.state = 'failed';
  response.write(': cut\n\n', () => response.destroy());
}
