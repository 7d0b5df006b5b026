import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

interface Progress {
  flushedBytes: number;
  sinceMs: number;
}

/** Finds clients that read nothing of an answer that waits for them. */
export class StalledAnswers {
  readonly #afterMs: number;
  readonly #now: () => number;
  /** Only answers that had unsent bytes at the last look. */
  #progress = new Map<ServerResponse, Progress>();

  constructor(afterMs: number, now: () => number = () => performance.now()) {
    this.#afterMs = afterMs;
    this.#now = now;
  }

  /** Returns the sockets of the answers whose unsent bytes have not moved for so long. */
  look(open: Iterable<ServerResponse>): Socket[] {
    const nowMs = this.#now();
    const progress = new Map<ServerResponse, Progress>();
    const stalled: Socket[] = [];
    for (const response of open) {
      const { socket } = response;
      if (socket === null || socket.writableLength === 0) continue;
      const flushedBytes = socket.bytesWritten - socket.writableLength;
      const before = this.#progress.get(response);
      if (before === undefined || before.flushedBytes !== flushedBytes) {
        progress.set(response, { flushedBytes, sinceMs: nowMs });
      } else if (nowMs - before.sinceMs >= this.#afterMs) stalled.push(socket);
      else progress.set(response, before);
    }
    this.#progress = progress;
    return stalled;
  }
}
