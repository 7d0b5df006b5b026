import type { Claim, FairPool, Share, ShareRefusal } from '@aggregator/service-kit';

/**
 * Room for the bytes of one answer that its client has not read. Taken only while the answer is held up, so that an answer
 * that flows costs nothing.
 */
export class UnreadBytes {
  readonly #pool: FairPool;
  readonly #claims: readonly Claim[];
  readonly #onRefused: (pool: FairPool, refusal: ShareRefusal) => void;
  #share: Share | null = null;

  constructor(pool: FairPool, claims: readonly Claim[], onRefused: (pool: FairPool, refusal: ShareRefusal) => void) {
    this.#pool = pool;
    this.#claims = claims;
    this.#onRefused = onRefused;
  }

  /** Takes room for as many bytes as are unread now. False if the caller has its share. */
  hold(unreadBytes: number): boolean {
    this.#share ??= this.#pool.open(this.#claims);
    const refusal = this.#share.take(Math.max(0, unreadBytes - this.#share.taken));
    if (refusal !== null) this.#onRefused(this.#pool, refusal);
    return refusal === null;
  }

  /** The client has read all of them. May be called more than once. */
  release(): void {
    this.#share?.close();
    this.#share = null;
  }
}
