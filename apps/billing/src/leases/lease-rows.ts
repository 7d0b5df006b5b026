import type { Transaction } from '../database/open-database.ts';

export interface OpenLease {
  id: string;
  orgId: string;
  amountNanoUsd: bigint;
  epoch: string;
}

/** A lease whose money has been moved and whose credit is not yet confirmed. */
export async function insertPendingLease(tx: Transaction, lease: OpenLease): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO lease (id, org_id, amount, status, epoch, posted_mark)
    VALUES (${lease.id}::uuid, ${lease.orgId}::uuid, ${lease.amountNanoUsd}::bigint, 'pending', ${lease.epoch},
      nextval('spool_mark'))`;
}

/** Nothing happens to a lease that was given up meanwhile: what was granted then counts as credit when it is released. */
export async function markGranted(db: Transaction, leaseId: string): Promise<void> {
  await db.$executeRaw`
    UPDATE lease SET status = 'granted', granted_at = now() WHERE id = ${leaseId}::uuid AND status = 'pending'`;
}

/**
 * Closes the oldest leases of an organisation that its leased money no longer needs: charges do not name a lease, so the
 * newest ones cover what is left. The organisation's accounts must be locked.
 * @param leasedNanoUsd what is left.
 */
export async function closeSpentLeases(tx: Transaction, orgId: string, leasedNanoUsd: bigint): Promise<void> {
  await tx.$executeRaw`
    WITH standing AS (
      SELECT id, sum(amount) OVER (ORDER BY created_at DESC, id DESC) - amount AS newer
      FROM lease WHERE org_id = ${orgId}::uuid AND status <> 'closed'
    ), spent AS (
      SELECT id FROM lease
      WHERE id IN (SELECT id FROM standing WHERE newer >= ${leasedNanoUsd}::bigint) AND status <> 'pending'
      ORDER BY id FOR UPDATE
    )
    UPDATE lease SET status = 'closed', closed_at = now() FROM spent WHERE lease.id = spent.id`;
}

/** Marks every open lease of an earlier epoch of the counter store: its credit is lost there. Answers how many. */
export async function strandLeases(tx: Transaction, epoch: string): Promise<number> {
  return tx.$executeRaw`
    WITH lost AS (
      SELECT id FROM lease WHERE status IN ('pending', 'granted') AND epoch <> ${epoch} ORDER BY id FOR UPDATE
    )
    UPDATE lease SET status = 'stranded', stranded_at = now() FROM lost WHERE lease.id = lost.id`;
}

/** Gives up leases that could not be granted for so long. Answers how many. */
export async function strandOldPending(db: Transaction, ageMs: number): Promise<number> {
  return db.$executeRaw`
    WITH old AS (
      SELECT id FROM lease
      WHERE status = 'pending' AND created_at < now() - ${ageMs} * interval '1 millisecond' ORDER BY id FOR UPDATE
    )
    UPDATE lease SET status = 'stranded', stranded_at = now() FROM old WHERE lease.id = old.id`;
}

/**
 * Ends the stranding of an organisation's leases that have rested; they belong to the store's present epoch from now on.
 * @param restMs leases that were stranded later stay so.
 */
export async function regrantStranded(tx: Transaction, orgId: string, restMs: number): Promise<void> {
  await tx.$executeRaw`
    WITH alive AS (
      SELECT id FROM lease
      WHERE org_id = ${orgId}::uuid AND status = 'stranded'
        AND stranded_at <= now() - ${restMs} * interval '1 millisecond'
      ORDER BY id FOR UPDATE
    )
    UPDATE lease SET status = 'granted', granted_at = now(), stranded_at = NULL,
      epoch = coalesce((SELECT epoch FROM store_epoch), lease.epoch)
    FROM alive WHERE lease.id = alive.id`;
}
