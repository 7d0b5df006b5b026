import type { IncomingMessage } from 'node:http';
import { Roster } from '@aggregator/service-kit';

/** A body that is arriving. Its owner keeps `receivedBytes` up to date. */
export interface ArrivingBody {
  readonly receivedBytes: number;
  /** The client that sends it, for `cutOldest`. */
  readonly owner: string;
  cut(reason: CutReason): void;
}

/** `slow`: below the minimum rate. `evicted`: another client needs the place. */
export type CutReason = 'slow' | 'evicted';

export interface BodyWatchOptions {
  /** Time in which a body must reach the minimum rate, again and again; also the grace of a new body. */
  readonly windowMs: number;
  readonly bytesPerSecondMin: number;
  readonly onCut?: (reason: CutReason) => void;
  readonly now?: () => number;
}

interface Watched {
  readonly body: ArrivingBody;
  readonly startedMs: number;
  windowFromMs: number;
  windowFromBytes: number;
}

const looksPerWindow = 5;
/** A body that is younger than this is no candidate for eviction by another client. */
const youngMs = 1000;

/** Cuts bodies that arrive more slowly than the minimum rate. One timer looks at all of them. */
export class BodyWatch {
  readonly #options: BodyWatchOptions;
  readonly #now: () => number;
  readonly #bodies = new Roster<Watched>();
  readonly #timer: NodeJS.Timeout;
  #lookedAtMs: number;

  constructor(options: BodyWatchOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    this.#lookedAtMs = this.#now();
    this.#timer = setInterval(() => this.look(), options.windowMs / looksPerWindow).unref();
  }

  /** Bodies that are arriving now. */
  get count(): number {
    return this.#bodies.size;
  }

  /** Returns how to end the watch, which may be called more than once. */
  enter(body: ArrivingBody): () => void {
    const nowMs = this.#now();
    return this.#bodies.enter({ body, startedMs: nowMs, windowFromMs: nowMs, windowFromBytes: 0 });
  }

  /** Reads the rest of a refused body and drops it. A slow one, or one of more than `bytesMax`, loses its connection. */
  discard(request: IncomingMessage, bytesMax: number): void {
    if (request.complete || request.destroyed) return;
    const arriving = { owner: '', receivedBytes: 0, cut: () => request.destroy() };
    const leave = this.enter(arriving);
    request.on('data', (chunk: Buffer) => {
      arriving.receivedBytes += chunk.length;
      if (arriving.receivedBytes > bytesMax) request.destroy();
    });
    request.once('close', leave);
    request.resume();
  }

  /** Cuts the body that has been arriving for longest: of this owner, or of any if it is old enough. False if there is none. */
  cutOldest(owner: string): boolean {
    const nowMs = this.#now();
    let own: Watched | undefined;
    let any: Watched | undefined;
    for (const watched of this.#bodies) {
      if (watched.body.owner === '') continue;
      if (watched.body.owner === owner && (own === undefined || watched.startedMs < own.startedMs)) own = watched;
      if (any === undefined || watched.startedMs < any.startedMs) any = watched;
    }
    const found = own ?? (any !== undefined && nowMs - any.startedMs >= youngMs ? any : undefined);
    if (found === undefined) return false;
    this.#cut(found, 'evicted');
    return true;
  }

  /** Looks at every body once. */
  look(): void {
    const { windowMs, bytesPerSecondMin } = this.#options;
    const nowMs = this.#now();
    // A busy process reads late; the time is then not the clients'.
    const lateMs = Math.max(0, nowMs - this.#lookedAtMs - (2 * windowMs) / looksPerWindow);
    this.#lookedAtMs = nowMs;
    for (const watched of this.#bodies) {
      watched.windowFromMs += lateMs;
      const elapsedMs = nowMs - watched.windowFromMs;
      if (elapsedMs < windowMs) continue;
      const { receivedBytes } = watched.body;
      if ((receivedBytes - watched.windowFromBytes) * 1000 < bytesPerSecondMin * elapsedMs) this.#cut(watched, 'slow');
      watched.windowFromMs = nowMs;
      watched.windowFromBytes = receivedBytes;
    }
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #cut({ body }: Watched, reason: CutReason): void {
    this.#options.onCut?.(reason);
    body.cut(reason);
  }
}
