import type { Database } from '../database/open-database.ts';
import { releaseHolds } from './hold-money.ts';
import { findExpiredHolds, forgetClosedHolds } from './hold-rows.ts';

const batchMax = 500;
const forgetMs = 86_400_000;

/**
 * Gives back what was held for requests of which nobody has heard: their proxy was lost before they were sent, or their
 * settlement is still on its way and is then charged from what there is. Answers how many there were.
 */
export async function expireHolds(database: Database): Promise<number> {
  const released = await releaseHolds(database, await findExpiredHolds(database, batchMax));
  await forgetClosedHolds(database, forgetMs);
  return released;
}
