import type { AdmissionStore } from '@aggregator/admission';
import { OpenMap } from '@aggregator/service-kit';

interface OpenHold {
  readonly number: number;
  /** On the monotonic clock. */
  readonly expiresMs: number;
}

/** Requests that hold money, in the order in which they asked for it. */
export class OpenHolds {
  readonly #open = new OpenMap<string, OpenHold>();
  readonly #now: () => number;
  #begun = 0;

  /** @param now milliseconds of a monotonic clock. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** How many have ever begun. */
  get begun(): number {
    return this.#begun;
  }

  get size(): number {
    return this.#open.size;
  }

  begin(requestId: string, ttlMs: number): void {
    if (this.#open.has(requestId)) return;
    this.#begun += 1;
    // The hold ends at the store after `ttlMs`; twice that is far beyond any request, also one that hung.
    this.#open.set(requestId, { number: this.#begun, expiresMs: this.#now() + 2 * ttlMs });
  }

  end(requestId: string): void {
    this.#open.delete(requestId);
  }

  /**
   * True if none of the first `begun` is open. A hold past its time counts as ended, unless its request is dispatched.
   * @param isDispatched whether a request has an intent without a settlement.
   */
  areOver(begun: number, isDispatched: (requestId: string) => boolean): boolean {
    for (const [requestId, { number, expiresMs }] of this.#open) {
      if (number > begun) return true;
      if (expiresMs > this.#now() || isDispatched(requestId)) return false;
      this.#open.delete(requestId);
    }
    return true;
  }
}

/**
 * The counter store, watched: a request is open from before its hold is asked for until its hold is ended, which is after
 * its settlement is in the spool. One that is not admitted has not begun.
 */
export function watchHolds(store: AdmissionStore, holds: OpenHolds): AdmissionStore {
  return {
    async admit(request) {
      holds.begin(request.requestId, request.holdTtlMs);
      try {
        const answer = await store.admit(request);
        if (answer.result !== 'admitted') holds.end(request.requestId);
        return answer;
      } catch (error) {
        holds.end(request.requestId);
        throw error;
      }
    },
    settle(settlement) {
      holds.end(settlement.requestId);
      return store.settle(settlement);
    },
    raiseHold: (raise) => store.raiseHold(raise),
    grantCredit: (grant) => store.grantCredit(grant),
    reclaimCredit: (reclaim) => store.reclaimCredit(reclaim),
    countSlots: (request) => store.countSlots(request),
    readCredit: (orgId) => store.readCredit(orgId),
    takeRate: (limit) => store.takeRate(limit),
    takeRates: (request) => store.takeRates(request),
    readEpoch: () => store.readEpoch(),
    budgets: store.budgets,
    slices: store.slices,
    close: () => store.close(),
  };
}
