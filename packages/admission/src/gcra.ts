import type { RateLimit, RateVerdict } from './port.ts';

/**
 * GCRA in whole microseconds. A bucket is one number, the time until which it is used up; its distance from now is the
 * backlog. Every bucket holds one minute of its rate, so the burst is the same number for all of them.
 */
export const burstMicros = 60_000_000;

/** Most backlog that a settlement can leave: a client that used far more than admitted waits an hour, not for ever. */
export const backlogMicrosMax = 3_600_000_000;

/** A limit with what the request adds to its bucket and what is in there already. */
export interface ChargedRate {
  limit: RateLimit;
  micros: number;
  backlogMicros: number;
}

/** Time that `cost` units take at the rate, rounded up so that rounding never lets more through; capped at an hour. */
export function toMicros(cost: number, ratePerMinute: number): number {
  if (cost >= ratePerMinute * 60) return backlogMicrosMax;
  const product = cost * burstMicros;
  if (product > Number.MAX_SAFE_INTEGER) {
    const rate = BigInt(ratePerMinute);
    return Number((BigInt(cost) * BigInt(burstMicros) + rate - 1n) / rate);
  }
  const micros = Math.floor(product / ratePerMinute);
  return micros * ratePerMinute < product ? micros + 1 : micros;
}

/**
 * Backlog of a bucket whose rate was changed: the units in it stay. While the bucket is still at the earlier rate, it forgets them by
 * that rate; a request never waits longer for them than a minute, or than for the debt that was there.
 */
export function toBacklogAt(ratePerMinute: number, backlogMicros: number, takenAtRate: number): number {
  if (ratePerMinute === takenAtRate) return backlogMicros;
  const scaled = Math.ceil((backlogMicros * takenAtRate) / ratePerMinute);
  return Math.min(scaled, Math.max(backlogMicros, burstMicros));
}

export function isAllowed({ micros, backlogMicros }: ChargedRate): boolean {
  return backlogMicros + micros <= burstMicros;
}

/** The verdict on a bucket as `charged` shows it; `isTaken` where the request's cost is already in the backlog. */
export function toVerdict(charged: ChargedRate, isTaken: boolean): RateVerdict {
  const { limit, backlogMicros } = charged;
  const isFree = isTaken || isAllowed(charged);
  return {
    subject: limit.subject,
    isAllowed: isFree,
    limit: limit.ratePerMinute,
    remaining: Math.max(0, Math.floor(((burstMicros - backlogMicros) * limit.ratePerMinute) / burstMicros)),
    resetMs: Math.ceil(backlogMicros / 1000),
    retryAfterMs: isFree ? 0 : toRetryAfterMs(charged),
  };
}

function toRetryAfterMs({ micros, backlogMicros }: ChargedRate): number | null {
  return micros > burstMicros ? null : Math.ceil((backlogMicros + micros - burstMicros) / 1000);
}
