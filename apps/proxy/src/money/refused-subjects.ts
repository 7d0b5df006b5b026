import type { RateLimit, RateVerdict } from '@aggregator/admission';
import { isRequests } from './limit-subjects.ts';

interface Refused {
  readonly untilMs: number;
  /** When the bucket is full again. */
  readonly fullAtMs: number;
}

const subjectsMaxDefault = 10_000;
const windowMs = 60_000;

/**
 * Limits of requests that have nothing left, until they have. A bucket only fills with time, and a request takes one unit,
 * so what is refused here the counter store would refuse as well: nothing has to be read, masked or asked for it (I12, I14).
 * Limits of tokens are not kept: a smaller request may still be admitted.
 */
export class RefusedSubjects {
  readonly #now: () => number;
  readonly #subjectsMax: number;
  readonly #refused = new Map<string, Refused>();

  /** `now` is a monotonic clock in milliseconds. */
  constructor(now: () => number = () => performance.now(), subjectsMax = subjectsMaxDefault) {
    this.#now = now;
    this.#subjectsMax = subjectsMax;
  }

  /** Keeps what an answer of the counter store says of the limits that were asked. */
  note(orgId: string, verdicts: readonly RateVerdict[]): void {
    for (const { subject, limit, remaining, resetMs } of verdicts) {
      if (remaining > 0 || !isRequests(subject)) continue;
      const waitMs = resetMs + windowMs / limit - windowMs;
      if (waitMs <= 0) continue;
      const nowMs = this.#now();
      if (this.#refused.size >= this.#subjectsMax) this.#dropOldest();
      const name = nameOf(orgId, subject, limit);
      this.#refused.delete(name);
      this.#refused.set(name, { untilMs: nowMs + waitMs, fullAtMs: nowMs + resetMs });
    }
  }

  /** The verdict on the first of these limits that has nothing left; null if all may have. */
  find(orgId: string, rates: readonly RateLimit[]): RateVerdict | null {
    if (this.#refused.size === 0) return null;
    for (const { subject, ratePerMinute } of rates) {
      const name = nameOf(orgId, subject, ratePerMinute);
      const refused = this.#refused.get(name);
      if (refused === undefined) continue;
      const nowMs = this.#now();
      if (nowMs < refused.untilMs) {
        const [retryAfterMs, resetMs] = [refused.untilMs - nowMs, refused.fullAtMs - nowMs];
        return { subject, isAllowed: false, limit: ratePerMinute, remaining: 0, resetMs, retryAfterMs };
      }
      this.#refused.delete(name);
    }
    return null;
  }

  #dropOldest(): void {
    for (const name of this.#refused.keys()) {
      this.#refused.delete(name);
      return;
    }
  }
}

/** A limit that was raised is not refused for the old one. */
function nameOf(orgId: string, subject: string, limit: number): string {
  return `${orgId} ${subject} ${limit}`;
}
