import { grantCredit, type LeaseContext } from './grant-lease.ts';
import { type OpenLease, strandOldPending } from './lease-rows.ts';

export interface RetryGrantsOptions {
  /** The instance that posted a younger lease still grants it. */
  minAgeMs: number;
  /** After this a lease is never granted any more: it is stranded, and its money comes back as stranded money does. */
  giveUpMs: number;
}

const batchMax = 100;

/** Has a row if a lease may need to be granted again. */
export const pendingGrants = `SELECT FROM lease WHERE status = 'pending'`;

/**
 * Finishes leases whose money was moved and whose credit was not confirmed: each is granted again under its own id, which
 * the counter store takes once. A lease that is too old, or of an earlier epoch, is given up; that is decided by one
 * guarded update, so it is either granted or given up and never both.
 * Rejects where the counter store does not answer.
 */
export async function retryGrants(context: LeaseContext, options: RetryGrantsOptions): Promise<void> {
  const givenUp = await strandOldPending(context.database, options.giveUpMs);
  if (givenUp > 0) context.events.leasesGivenUp(givenUp);
  const pending = await context.database.$queryRaw<OpenLease[]>`
    SELECT id, org_id AS "orgId", amount AS "amountNanoUsd", epoch FROM lease
    WHERE status = 'pending' AND created_at <= now() - ${options.minAgeMs} * interval '1 millisecond'
    ORDER BY created_at LIMIT ${batchMax}`;
  if (pending.length === 0) return;
  const epoch = await context.storeEpoch.check();
  for (const lease of pending) {
    if (lease.epoch !== epoch) continue;
    await grantCredit(context, lease);
    context.events.leaseGrantRetried({ leaseId: lease.id, orgId: lease.orgId });
  }
}
