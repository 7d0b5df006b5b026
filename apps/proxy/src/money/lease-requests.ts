import { AppError, leaseAnswer, requestCostNanoUsdMax } from '@aggregator/contracts';
import { formatNanoUsd } from '@aggregator/pricing';
import type { InternalClient } from '@aggregator/service-kit';

interface Waiter {
  readonly holdNanoUsd: bigint;
  resolve(): void;
  reject(error: AppError): void;
}

/** How long nothing is asked ahead for an organisation whose balance did not cover it, or whose billing did not answer. */
const quietMs = 5000;
const quietOrganisationsMax = 10_000;

/**
 * Asks billing for credit on behalf of requests that found too little at the counter store. One call at a time for each
 * organisation: a request that comes while it is under way waits, and all that wait share the next one.
 */
export class LeaseRequests {
  readonly #billing: InternalClient;
  readonly #waiting = new Map<string, Waiter[]>();
  /** On the monotonic clock. */
  readonly #quietUntilMs = new Map<string, number>();

  constructor(billing: InternalClient) {
    this.#billing = billing;
  }

  /**
   * Resolves when credit was granted, which others may take first. Throws `insufficient_quota` where the balance does not
   * cover the hold, `billing_unavailable` if billing does not answer.
   */
  ask(orgId: string, holdNanoUsd: bigint): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiter: Waiter = { holdNanoUsd, resolve, reject };
    const waiting = this.#waiting.get(orgId);
    if (waiting === undefined) {
      this.#waiting.set(orgId, [waiter]);
      void this.#serve(orgId);
    } else waiting.push(waiter);
    return promise;
  }

  /**
   * Asks for credit before a request waits for it. Does nothing while a call for the organisation is under way, and for a
   * while after one of these that gave nothing.
   */
  askAhead(orgId: string, neededNanoUsd: bigint): void {
    const nowMs = performance.now();
    if (this.#waiting.has(orgId) || nowMs < (this.#quietUntilMs.get(orgId) ?? 0)) return;
    this.ask(orgId, neededNanoUsd).then(
      () => this.#quietUntilMs.delete(orgId),
      () => {
        if (this.#quietUntilMs.size >= quietOrganisationsMax) this.#quietUntilMs.clear();
        this.#quietUntilMs.set(orgId, nowMs + quietMs);
      },
    );
  }

  async #serve(orgId: string): Promise<void> {
    for (;;) {
      const batch = this.#waiting.get(orgId) ?? [];
      if (batch.length === 0) break;
      this.#waiting.set(orgId, []);
      batch.sort((left, right) => Number(left.holdNanoUsd - right.holdNanoUsd));
      await this.#serveBatch(orgId, batch);
    }
    this.#waiting.delete(orgId);
  }

  /**
   * Asks for all together. Where the balance does not cover that, for fewer, the smallest first; a balance that does not
   * cover the smallest covers none.
   */
  async #serveBatch(orgId: string, batch: readonly Waiter[]): Promise<void> {
    let left = batch;
    let count = left.length;
    while (left.length > 0) {
      const asked = left.slice(0, count);
      let refusal: AppError | null;
      try {
        refusal = await this.#lease(orgId, sum(asked));
      } catch (cause) {
        const error = new AppError('billing_unavailable', { internal: 'no lease', cause, retryAfterMs: 1000 });
        for (const waiter of left) waiter.reject(error);
        return;
      }
      if (refusal === null) {
        for (const waiter of asked) waiter.resolve();
        left = left.slice(count);
        count = left.length;
      } else if (count > 1) count = Math.ceil(count / 2);
      else {
        for (const waiter of left) waiter.reject(refusal);
        return;
      }
    }
  }

  /** Null if credit was granted, else the error for the caller. */
  async #lease(orgId: string, neededNanoUsd: bigint): Promise<AppError | null> {
    const needed = neededNanoUsd < requestCostNanoUsdMax ? neededNanoUsd : requestCostNanoUsdMax;
    const answer = await this.#billing.call({
      method: 'POST',
      path: '/internal/leases',
      body: { orgId, neededNanoUsd: formatNanoUsd(needed) },
      answer: leaseAnswer,
    });
    return answer.result === 'granted' ? null : toHoldRefusal(answer);
  }
}

function sum(waiters: readonly Waiter[]): bigint {
  return waiters.reduce((total, waiter) => total + waiter.holdNanoUsd, 0n);
}

/** Why billing gave nothing: the balance does not cover it, or the organisation has had all that one minute allows. */
export function toHoldRefusal(
  answer: { result: 'insufficient' } | { result: 'limited'; retryAfterMs: number },
): AppError {
  if (answer.result === 'insufficient') return new AppError('insufficient_quota');
  return new AppError('rate_limit_exceeded', {
    message:
      'The organisation has spent what it may spend in one minute. Wait as long as Retry-After says, then try again.',
    retryAfterMs: answer.retryAfterMs,
  });
}
