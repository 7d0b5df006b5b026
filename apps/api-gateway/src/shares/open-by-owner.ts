import { setTimeout as pause } from 'node:timers/promises';
import { type AppError, type LimitOwner, limitOwners, type Principal, tooManyAtOnce } from '@aggregator/contracts';
import { OpenMap } from '@aggregator/service-kit';

interface Owner {
  /** Its requests that are open. */
  open: number;
  /** When its next refusal is due. */
  refusalMs: number;
}

/** Refusals of one owner that are answered at once; those behind them follow one by one, so that a storm meets silence. */
const refusalsAtOnce = 50;
const refusalGapMs = 5;
/** No refusal waits longer. */
const refusalWaitMsMax = 5000;

/**
 * Requests that this gateway has sent on and whose answers are not over, for each caller and each organisation that has a
 * limit of requests at once. The counter store has the limit over all gateways; what is beyond it in one gateway alone is
 * beyond it in all, so it is refused here and costs no proxy anything (I12).
 */
export class OpenByOwner {
  readonly #owners = new OpenMap<string, Owner>();
  readonly #now: () => number;

  /** @param now milliseconds of a monotonic clock. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Owners with open requests. */
  get size(): number {
    return this.#owners.size;
  }

  /** Counts a request until `leave`, or returns why it is refused. */
  enter(principal: Principal): Refusal | null {
    const refusal = this.judge(principal);
    if (refusal === null) this.#add(principal, 1);
    return refusal;
  }

  /** Returns why one more request of this caller is refused; null if it is not. */
  judge({ keyId, userId, orgId, limits, organizationLimits }: Principal): Refusal | null {
    return (
      this.#judge(keyId ?? userId, limits.concurrentRequests, keyId === null ? limitOwners.user : limitOwners.key) ??
      this.#judge(orgId, organizationLimits?.concurrentRequests ?? null, limitOwners.organization)
    );
  }

  /** Ends the count of a request that has entered with this principal. */
  leave(principal: Principal): void {
    this.#add(principal, -1);
  }

  #judge(id: string, max: number | null, limitOwner: LimitOwner): Refusal | null {
    const owner = max === null ? undefined : this.#owners.get(id);
    if (max === null || owner === undefined || owner.open < max) return null;
    const nowMs = this.#now();
    owner.refusalMs = Math.max(owner.refusalMs, nowMs - refusalsAtOnce * refusalGapMs) + refusalGapMs;
    return { error: tooManyAtOnce(max, limitOwner), waitMs: Math.min(refusalWaitMsMax, owner.refusalMs - nowMs) };
  }

  #add({ keyId, userId, orgId, limits, organizationLimits }: Principal, change: 1 | -1): void {
    if (limits.concurrentRequests !== null) this.#change(keyId ?? userId, change);
    if ((organizationLimits?.concurrentRequests ?? null) !== null) this.#change(orgId, change);
  }

  #change(id: string, change: 1 | -1): void {
    const owner = this.#owners.get(id);
    if (owner === undefined) this.#owners.set(id, { open: change, refusalMs: 0 });
    else if (owner.open + change > 0) owner.open += change;
    else this.#owners.delete(id);
  }
}

export interface Refusal {
  readonly error: AppError;
  /** How long it has to wait: a caller that asks again at once must not cost others more than one that is served. */
  readonly waitMs: number;
}

/** Rejects with a refusal when it is due. */
export async function refuseInTurn({ error, waitMs }: Refusal): Promise<never> {
  if (waitMs > 0) await pause(waitMs);
  throw error;
}
