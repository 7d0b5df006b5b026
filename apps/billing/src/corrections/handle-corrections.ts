import { usageCorrected } from '@aggregator/contracts';
import { judgeCorrection } from '@aggregator/pricing';
import { isDataError } from '../database/classify-error.ts';
import type { Database } from '../database/open-database.ts';
import type { BillingEvents } from '../events.ts';
import { type PostCorrectionAnswer, postCorrection } from './post-correction.ts';
import { toUsageCorrection, type UsageCorrection } from './usage-correction.ts';

export interface RefusedCorrection {
  correction: UsageCorrection;
  reason: string;
}

/** So many corrections that came before their settlement are posted behind one batch, or refused as their month is compacted. */
const waitingMax = 100;

/**
 * Posts corrections one by one, and then those that waited for a settlement that is here now. Returns those that can never
 * be posted. Rejects if the database fails: then the same records come again, and what was posted is a duplicate.
 */
export async function handleCorrections(
  { database, events }: { database: Database; events: BillingEvents },
  corrections: readonly UsageCorrection[],
): Promise<RefusedCorrection[]> {
  const refused: RefusedCorrection[] = [];
  for (const correction of [...corrections, ...(await readWaiting(database))]) {
    const answer = await postSafely(database, correction);
    events.correctionHandled(correction, answer);
    if (answer.result === 'refused') refused.push({ correction, reason: answer.reason });
  }
  return refused;
}

type Answer = PostCorrectionAnswer | { result: 'refused'; reason: 'unstorable_value' };

async function postSafely(database: Database, correction: UsageCorrection): Promise<Answer> {
  try {
    return await postCorrection(database, correction);
  } catch (error) {
    if (!isDataError(error)) throw error;
    return { result: 'refused', reason: 'unstorable_value' };
  }
}

async function readWaiting(database: Database): Promise<UsageCorrection[]> {
  const rows = await database.$queryRaw<{ body: unknown }[]>`
    SELECT body FROM usage_correction AS correction
    WHERE state = 'waiting' AND (
      EXISTS (SELECT FROM charge WHERE charge.request_id = correction.request_id
        AND NOT (amount = 0 AND outcome IN ('void', 'failed')))
      OR EXISTS (SELECT FROM compacted_month WHERE to_id > correction.request_id))
    ORDER BY request_id LIMIT ${waitingMax}`;
  return rows.flatMap(({ body }) => {
    const event = usageCorrected.parse(body);
    const judgement = judgeCorrection(event);
    return judgement.result === 'postable' ? [toUsageCorrection(event, judgement)] : [];
  });
}
