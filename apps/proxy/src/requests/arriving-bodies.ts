import { AppError } from '@aggregator/contracts';
import { Roster } from '@aggregator/service-kit';

export interface ArrivingBodiesOptions {
  /** Time that every body has. */
  readonly graceMs: number;
  /** Least rate behind that. Bytes a millisecond. */
  readonly bytesPerMsMin: number;
  now?(): number;
}

/** A body that is arriving. */
export interface ArrivingBody {
  readonly receivedBytes: number;
  cut(error: AppError): void;
}

const lookEveryMs = 1000;

/**
 * Cuts bodies that arrive too slowly: what they have taken of the room would be lost to others. The gateway sends a body
 * that it has whole, so a slow one is a fault or an attack.
 */
export class ArrivingBodies {
  readonly #options: ArrivingBodiesOptions;
  readonly #now: () => number;
  readonly #bodies = new Roster<{ readonly body: ArrivingBody; readonly startedMs: number }>();
  readonly #timer: NodeJS.Timeout;

  constructor(options: ArrivingBodiesOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    this.#timer = setInterval(() => this.look(), lookEveryMs).unref();
  }

  /** Returns how to say that the body is whole. */
  enter(body: ArrivingBody): () => void {
    return this.#bodies.enter({ body, startedMs: this.#now() });
  }

  look(): void {
    const { graceMs, bytesPerMsMin } = this.#options;
    const nowMs = this.#now();
    for (const { body, startedMs } of this.#bodies) {
      if (nowMs - startedMs > graceMs + body.receivedBytes / bytesPerMsMin) body.cut(new AppError('request_timeout'));
    }
  }

  close(): void {
    clearInterval(this.#timer);
  }
}
