import { type AdviceAnswer, AppError } from '@aggregator/contracts';
import type { Month } from '../invoices/month-bounds.ts';
import { type AdviceParts, giveAdvice } from './give-advice.ts';

/** How long an answer is given again. */
const keptMs = 15 * 60_000;
const keptMax = 100;
/** Organisations that wait for their turn; more are asked to come later. */
const waitingMax = 8;

/** Computes advice for one organisation at a time, and gives an answer again for a quarter of an hour. */
export interface AdviceDesk {
  /** @throws {AppError} `service_unavailable` if too many wait, or if another service does not answer. */
  read(orgId: string, month: Month): Promise<AdviceAnswer>;
}

interface Kept {
  readonly answer: Promise<AdviceAnswer>;
  readonly untilMs: number;
}

/** @param now Milliseconds of a monotonic clock. */
export function createAdviceDesk(parts: AdviceParts, now: () => number): AdviceDesk {
  const kept = new Map<string, Kept>();
  let turn: Promise<unknown> = Promise.resolve();
  let waiting = 0;

  const compute = async (orgId: string, month: Month) => {
    waiting += 1;
    const before = turn;
    const answer = before.then(() => giveAdvice(parts, orgId, month));
    turn = answer.catch(() => undefined);
    try {
      return await answer;
    } finally {
      waiting -= 1;
    }
  };

  return {
    read(orgId, month) {
      const name = `${orgId} ${month.from.toISOString()}`;
      const found = kept.get(name);
      if (found !== undefined && found.untilMs > now()) return found.answer;
      if (waiting >= waitingMax) throw new AppError('service_unavailable', { retryAfterMs: 5000 });
      const answer = compute(orgId, month);
      const oldest = kept.keys().next();
      if (kept.size >= keptMax && !oldest.done) kept.delete(oldest.value);
      kept.delete(name);
      kept.set(name, { answer, untilMs: now() + keptMs });
      answer.catch(() => kept.delete(name));
      return answer;
    },
  };
}
