import type { ServerResponse } from 'node:http';
import { AppError, type RoutingSnapshot, type SnapshotStreamLine } from '@aggregator/contracts';

interface StreamsOptions {
  streamsMax: number;
  pingMs: number;
  /** A reader that takes nothing for this long is gone. */
  stallMs: number;
  readCurrent(): RoutingSnapshot | null;
  /** By name; another array whenever it has changed. */
  readUnhealthy(): readonly string[];
}

interface OpenStream {
  response: ServerResponse;
  /** The snapshot that went out last. */
  sent: RoutingSnapshot | null;
  /** The unhealthy providers that were sent last. */
  sentUnhealthy: readonly string[];
  /** Since when the reader has not taken what was written, on the monotonic clock; null where it has. */
  blockedSinceMs: number | null;
}

const retryAfterMs = 2000;
/** The states that a proxy assumes before it receives others. */
const allHealthy: readonly string[] = [];

/**
 * The open streams of snapshots, one per proxy. While a reader is slow nothing more is written to it, so that each stream
 * buffers one snapshot at most; when it reads again it gets the newest and skips those between. After the snapshot comes
 * which providers are unhealthy, where any are.
 */
export class SnapshotStreams {
  #options: StreamsOptions;
  #streams = new Map<string, OpenStream>();
  #timer: NodeJS.Timeout;
  #isClosed = false;

  constructor(options: StreamsOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#ping(), options.pingMs);
  }

  get count(): number {
    return this.#streams.size;
  }

  /**
   * Sends the present snapshot and keeps the answer open. A stream that the same proxy had before is cut: it
   * reconnected, and the old connection may hang for long.
   * @throws {AppError} `service_unavailable` if there are too many, or we are shutting down.
   */
  open(proxyId: string, response: ServerResponse): void {
    const earlier = this.#streams.get(proxyId);
    if (this.#isClosed || (earlier === undefined && this.#streams.size >= this.#options.streamsMax)) {
      throw new AppError('service_unavailable', { internal: 'no room for a snapshot stream', retryAfterMs });
    }
    earlier?.response.destroy();
    const stream: OpenStream = { response, sent: null, sentUnhealthy: allHealthy, blockedSinceMs: null };
    this.#streams.set(proxyId, stream);
    response.once('close', () => {
      if (this.#streams.get(proxyId) === stream) this.#streams.delete(proxyId);
    });
    response.on('drain', () => {
      stream.blockedSinceMs = null;
      this.#deliver(stream);
    });
    // A reader that vanishes shows as `close`; without a listener its error would end the process.
    response.on('error', () => response.destroy());
    response.writeHead(200, { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' });
    response.flushHeaders();
    this.#deliver(stream);
  }

  /** Sends the present snapshot, and which providers are unhealthy, to everybody who does not have it yet. */
  deliver(): void {
    for (const stream of this.#streams.values()) this.#deliver(stream);
  }

  /** Ends every stream after what was written, cuts those that do not read, and takes no new one. */
  close(): void {
    this.#isClosed = true;
    clearInterval(this.#timer);
    for (const { response, blockedSinceMs } of this.#streams.values()) {
      if (blockedSinceMs === null) response.end();
      else response.destroy();
    }
  }

  #deliver(stream: OpenStream): void {
    const snapshot = this.#options.readCurrent();
    if (snapshot === null || stream.blockedSinceMs !== null) return;
    if (snapshot !== stream.sent) {
      stream.sent = snapshot;
      this.#write(stream, { kind: 'snapshot', snapshot });
    }
    const unhealthy = this.#options.readUnhealthy();
    const isKnown = unhealthy === stream.sentUnhealthy || (unhealthy.length === 0 && stream.sentUnhealthy.length === 0);
    if (isKnown || stream.blockedSinceMs !== null) return;
    stream.sentUnhealthy = unhealthy;
    this.#write(stream, { kind: 'health', unhealthy: [...unhealthy] });
  }

  #ping(): void {
    for (const stream of this.#streams.values()) {
      if (stream.blockedSinceMs === null) this.#write(stream, { kind: 'ping' });
      else if (performance.now() - stream.blockedSinceMs > this.#options.stallMs) stream.response.destroy();
    }
  }

  #write(stream: OpenStream, line: SnapshotStreamLine): void {
    if (stream.response.writableEnded) return;
    if (!stream.response.write(`${JSON.stringify(line)}\n`)) stream.blockedSinceMs = performance.now();
  }
}
