import type { ServerResponse } from 'node:http';
import { toHead } from '../packed-headers.ts';

export interface StreamWriterOptions {
  readonly pingIntervalMs: number;
  /** A client that takes nothing for so long is cut off; its `close` is how we hear of it. */
  readonly stallTimeoutMs: number;
}

const ping = ': ping\n\n';

/**
 * The client's side of a stream. The head is held back until the first write, so that a failure before it still gets
 * its own status; when there has been silence for too long, a comment goes out, and the head with it.
 */
export class StreamWriter {
  /** Of the head, while it has not gone out. */
  headers: Readonly<Record<string, string>> = {};
  readonly #response: ServerResponse;
  readonly #options: StreamWriterOptions;
  #lastWriteMs = performance.now();
  #pingTimer: NodeJS.Timeout | undefined;

  constructor(response: ServerResponse, options: StreamWriterOptions) {
    this.#response = response;
    this.#options = options;
    this.#armPing(options.pingIntervalMs);
  }

  /** The head is out: only an event can report a failure now. */
  get isOpen(): boolean {
    return this.#response.headersSent;
  }

  /** False where the client does not keep up; `drain` says when it does again. */
  write(text: string): boolean {
    this.#open();
    this.#lastWriteMs = performance.now();
    return this.#response.write(text);
  }

  /** The last of it. */
  end(text: string): void {
    this.#open();
    this.stop();
    this.#response.end(text);
  }

  /** No more pings. */
  stop(): void {
    clearTimeout(this.#pingTimer);
  }

  #open(): void {
    if (this.#response.headersSent) return;
    this.#response.writeHead(200, {
      ...toHead(this.#response, this.headers),
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache',
      'x-accel-buffering': 'no',
    });
    this.#response.setTimeout(this.#options.stallTimeoutMs);
  }

  #armPing(inMs: number): void {
    this.#pingTimer = setTimeout(this.#pingIfSilent, Math.max(1, inMs));
  }

  readonly #pingIfSilent = (): void => {
    const silentMs = performance.now() - this.#lastWriteMs;
    const leftMs = this.#options.pingIntervalMs - silentMs;
    if (leftMs > 0) {
      this.#armPing(leftMs);
      return;
    }
    // Behind text that the client does not take, a ping would only lie in memory, too.
    if (!this.#response.writableNeedDrain) this.write(ping);
    this.#armPing(this.#options.pingIntervalMs);
  };
}
