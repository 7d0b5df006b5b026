import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AppError, toAppError } from '@aggregator/contracts';
import { afterAll, beforeAll } from '@jest/globals';
import type { AnswerHead, ChatSurface, SurfaceRequest } from '../chat-surface.ts';
import { type ChatScript, joinAnswer } from './chat-script.ts';

export const head: AnswerHead = { requestId: '0198c0de-0000-7000-8000-000000000001', createdAt: 1_795_000_000 };

/** A surface as its vendor's SDK meets it, over HTTP: requests are translated, answers are played from a script. */
export class SurfaceServer {
  script: ChatScript = { chunks: [], last: null };
  /** Answered instead of the script. */
  refusal: AppError | null = null;
  /** Sent after the chunks of a stream, instead of its end. */
  failure: AppError | null = null;
  requests: SurfaceRequest[] = [];
  headers: IncomingMessage['headers'][] = [];
  #baseUrl = '';
  readonly #surface: ChatSurface;

  constructor(surface: ChatSurface) {
    this.#surface = surface;
    const server = createServer((request, response) => void this.#answer(request, response));
    beforeAll(async () => {
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const address = server.address();
      this.#baseUrl = typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}` : '';
    });
    afterAll(async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    });
  }

  get baseUrl(): string {
    return this.#baseUrl;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    this.headers.push(request.headers);
    try {
      if (this.refusal !== null) throw this.refusal;
      const translated = this.#surface.toChat(JSON.parse(Buffer.concat(parts).toString()));
      if (translated.refusal !== null) throw translated.refusal;
      this.requests.push(translated);
      if (translated.chat.stream !== true) {
        const answer = this.#surface.fromAnswer(joinAnswer(this.script), translated);
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
        return;
      }
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(play(this.#surface, translated, this.script, this.failure));
    } catch (thrown) {
      const error = toAppError(thrown);
      response.writeHead(error.entry.status, { 'content-type': 'application/json', 'x-should-retry': 'false' });
      response.end(JSON.stringify(this.#surface.toErrorBody(error, head.requestId)));
    }
  }
}

/** The whole text of a stream. */
export function play(
  surface: ChatSurface,
  request: SurfaceRequest,
  { chunks, last }: ChatScript,
  failure: AppError | null = null,
): string {
  const stream = surface.createStream(request, head);
  const text = chunks.map((chunk) => stream.push(JSON.stringify(chunk))).join('');
  return text + (failure === null ? stream.end(last) : stream.fail(failure));
}

/** The events of a stream's text, parsed. */
export function readEvents(text: string): Record<string, unknown>[] {
  return text
    .split('\n\n')
    .filter((event) => event !== '')
    .map((event) => JSON.parse(event.slice(event.indexOf('data: ') + 6)));
}
