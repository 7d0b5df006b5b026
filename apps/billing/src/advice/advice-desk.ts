import { type AdviceAnswer, AppError } from '@aggregator/contracts';
import type { Month } from '../invoices/month-bounds.ts';

/** How long an answer is given again. */
const keptMs = 15 * 60_000;
const keptMax = 100;
/** Months of one organisation that are kept. */
const keptMaxOfOne = 3;
/** Organisations that wait for their turn; more are asked to come later. */
const waitingMax = 8;

/** Computes advice for one organisation at a time, and gives an answer again for a quarter of an hour. */
export interface AdviceDesk {
  /**
   * @throws {AppError} `service_unavailable` if the organisation waits for another month already, if too many wait, or if
   * another service does not answer.
   */
  read(orgId: string, month: Month): Promise<AdviceAnswer>;
}

interface Kept {
  readonly orgId: string;
  readonly answer: Promise<AdviceAnswer>;
  readonly untilMs: number;
}

/**
 * @param give computes the advice.
 * @param now Milliseconds of a monotonic clock.
 */
export function createAdviceDesk(give: AdviceDesk['read'], now: () => number): AdviceDesk {
  const kept = new Map<string, Kept>();
  let turn: Promise<unknown> = Promise.resolve();
  const waiting = new Set<string>();

  const compute = async (orgId: string, month: Month) => {
    waiting.add(orgId);
    const before = turn;
    const answer = before.then(() => give(orgId, month));
    turn = answer.catch(() => undefined);
    try {
      return await answer;
    } finally {
      waiting.delete(orgId);
    }
  };

  return {
    read(orgId, month) {
      const name = `${orgId} ${month.from.toISOString()}`;
      const found = kept.get(name);
      if (found !== undefined && found.untilMs > now()) return found.answer;
      // One organisation takes one place: the others find room.
      if (waiting.has(orgId) || waiting.size >= waitingMax) {
        throw new AppError('service_unavailable', { retryAfterMs: 5000 });
      }
      kept.delete(name);
      makeRoom(kept, orgId);
      const answer = compute(orgId, month);
      kept.set(name, { orgId, answer, untilMs: now() + keptMs });
      answer.catch(() => kept.delete(name));
      return answer;
    },
  };
}

/** Drops the oldest answer of the organisation if it has its share, or the oldest of all. */
function makeRoom(kept: Map<string, Kept>, orgId: string): void {
  const own = [...kept].filter(([, one]) => one.orgId === orgId).map(([name]) => name);
  const [oldest] = own.length >= keptMaxOfOne ? own : kept.size >= keptMax ? kept.keys() : [];
  if (oldest !== undefined) kept.delete(oldest);
}
