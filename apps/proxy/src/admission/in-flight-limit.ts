import { AppError } from '@aggregator/contracts';

export interface InFlightOptions {
  readonly requestsMax: number;
  /** Bytes of bodies, all requests together. */
  readonly bytesMax: number;
}

/** What one proxy takes on at once. What is too much is refused before its body is read. */
export class InFlightLimit {
  readonly #options: InFlightOptions;
  #requests = 0;
  #bytes = 0;

  constructor(options: InFlightOptions) {
    this.#options = options;
  }

  get requests(): number {
    return this.#requests;
  }

  /** Takes a place, to be given back by `leave` with the same number. Throws `service_unavailable`. */
  enter(bodyBytes: number): void {
    const { requestsMax, bytesMax } = this.#options;
    // A lone request is always let in, however large it may be.
    const isTooMuch = this.#requests >= requestsMax || (this.#requests > 0 && this.#bytes + bodyBytes > bytesMax);
    if (isTooMuch) {
      const internal = `${this.#requests} requests with ${this.#bytes} bytes are in flight`;
      throw new AppError('service_unavailable', { internal, retryAfterMs: 1000 });
    }
    this.#requests += 1;
    this.#bytes += bodyBytes;
  }

  leave(bodyBytes: number): void {
    this.#requests -= 1;
    this.#bytes -= bodyBytes;
  }
}
