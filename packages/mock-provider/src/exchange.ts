import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { Refusal } from './refusal.ts';

const bodyBytesMax = 20_000_000;
const bodyDeadlineMs = 30_000;

/** The two ends of one request, and the signal that its caller has left or the provider is closing. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly signal: AbortSignal;
}

/** @throws {Refusal} 413 above 20 MB. Rejects if the caller leaves, or has not sent all within 30 s. */
export async function readBody({ request }: Exchange): Promise<string> {
  const timer = setTimeout(() => request.destroy(), bodyDeadlineMs);
  try {
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of request) {
      bytes += chunk.length;
      if (bytes > bodyBytesMax) throw new Refusal(413, { message: 'Request body too large.' }, { connection: 'close' });
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString('utf8');
  } finally {
    clearTimeout(timer);
  }
}

/** Rejects as soon as the caller leaves. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms > 0) await wait(ms, undefined, { signal });
  else signal.throwIfAborted();
}

/** Writes, and waits for a slow reader. Rejects as soon as the caller leaves. */
export async function write({ response, signal }: Exchange, text: string): Promise<void> {
  signal.throwIfAborted();
  if (!response.write(text)) await once(response, 'drain', { signal });
}

/** Writes, hands all that was written to the network, and destroys the connection without an end. */
export function breakOff(response: ServerResponse, text: string): void {
  response.write(text, () => response.destroy());
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    ...headers,
  });
  response.end(body);
}
