import { AppError } from '@aggregator/contracts';

export interface InFlightOptions {
  readonly requestsMax: number;
  /** Bytes of bodies, all requests together. */
  readonly bytesMax: number;
}

/** What one proxy takes on at once. What is too much is refused before its body is read. */
export class InFlightLimit {
  readonly #options: InFlightOptions;
  readonly #requestIds = new Set<string>();
  #bytes = 0;

  constructor(options: InFlightOptions) {
    this.#options = options;
  }

  /** Requests that are here now. */
  get count(): number {
    return this.#requestIds.size;
  }

  /**
   * Takes a place, to be given back by `leave` with the same arguments. Throws `service_unavailable` where there is none,
   * `conflict` where this very request is here already: two with one id would share one hold.
   */
  enter(requestId: string, bodyBytes: number): void {
    const { requestsMax, bytesMax } = this.#options;
    const { size } = this.#requestIds;
    if (this.#requestIds.has(requestId)) throw new AppError('conflict', { internal: `${requestId} is in flight` });
    // A lone request is always let in, however large it may be.
    if (size >= requestsMax || (size > 0 && this.#bytes + bodyBytes > bytesMax)) {
      const internal = `${size} requests with ${this.#bytes} bytes are in flight`;
      throw new AppError('service_unavailable', { internal, retryAfterMs: 1000 });
    }
    this.#requestIds.add(requestId);
    this.#bytes += bodyBytes;
  }

  leave(requestId: string, bodyBytes: number): void {
    this.#requestIds.delete(requestId);
    this.#bytes -= bodyBytes;
  }
}
