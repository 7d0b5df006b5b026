import { once } from 'node:events';
import { type ClientRequest, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import { SseParser } from '@aggregator/providers';
import { waitFor } from '@aggregator/testing';

/** A client of one streamed request that sees everything: head, events, comments, and how it ended. */
export interface SseClient {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly request: ClientRequest;
  readonly response: IncomingMessage;
  /** All bytes so far, as text. */
  text(): string;
  /** `data` of each event so far. */
  events(): string[];
  /** What the deltas say, joined. */
  said(): string;
  /** Resolves when the answer is over: `end` where it ended by itself, `torn` where the connection broke. */
  over(): Promise<'end' | 'torn'>;
  waitForEvents(count: number): Promise<void>;
  leave(): void;
}

export async function openStream(
  url: string,
  headers: Record<string, string>,
  body: unknown,
  options: { isPaused?: boolean } = {},
): Promise<SseClient> {
  const sent = request(url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers } });
  sent.end(JSON.stringify(body));
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  sent.on('error', () => undefined);
  response.on('error', () => undefined);
  const parser = new SseParser({ eventBytesMax: 64 * 1024 * 1024 });
  const events: string[] = [];
  let text = '';
  if (!options.isPaused) {
    response.on('data', (bytes: Buffer) => {
      text += bytes.toString();
      events.push(...parser.push(bytes));
    });
  }
  const ended = new Promise<'end' | 'torn'>((resolve) => {
    response.once('end', () => resolve('end'));
    response.once('close', () => resolve('torn'));
  });
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    request: sent,
    response,
    text: () => text,
    events: () => events,
    said: () => events.map(readDelta).join(''),
    over: () => ended,
    async waitForEvents(count) {
      await waitFor(() => events.length >= count, { describe: () => `${count} events, there are ${events.length}` });
    },
    leave: () => sent.destroy(),
  };
}

function readDelta(data: string): string {
  if (data === '[DONE]') return '';
  const chunk = JSON.parse(data);
  return chunk.choices?.[0]?.delta?.content ?? '';
}
