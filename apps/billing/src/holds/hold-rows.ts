import type { BudgetSubject } from '../budgets/budget-rows.ts';
import { readSubjects } from '../budgets/hold-budgets.ts';
import type { Transaction } from '../database/open-database.ts';

/** An open hold of the ledger, in nano-USD. */
export interface RequestHold {
  requestId: string;
  orgId: string;
  amountNanoUsd: bigint;
  /** Periods of budgets that it counts in. */
  budgets: readonly BudgetSubject[];
}

/** Returns false if the request has, or had, a hold already: then nothing may be held for it again. */
export async function insertHold(tx: Transaction, hold: RequestHold, ttlMs: number): Promise<boolean> {
  const inserted = await tx.$executeRaw`
    INSERT INTO request_hold (request_id, org_id, amount, budgets, expires_at, mark)
    VALUES (${hold.requestId}::uuid, ${hold.orgId}::uuid, ${hold.amountNanoUsd}::bigint,
      ${hold.budgets.length === 0 ? null : JSON.stringify(hold.budgets)}::jsonb, now() + ${ttlMs} * interval '1 millisecond', nextval('spool_mark'))
    ON CONFLICT (request_id) DO NOTHING`;
  return inserted === 1;
}

/** Locks the open hold of a request and returns its nano-USD; null if the organisation has none for it. */
export async function lockOpenHold(tx: Transaction, orgId: string, requestId: string): Promise<bigint | null> {
  const rows = await tx.$queryRaw<{ amount: bigint }[]>`
    SELECT amount FROM request_hold
    WHERE request_id = ${requestId}::uuid AND org_id = ${orgId}::uuid AND closed_at IS NULL FOR UPDATE`;
  return rows[0]?.amount ?? null;
}

/** Sets what an open hold, which must be locked, holds. */
export async function setHoldAmount(tx: Transaction, requestId: string, amountNanoUsd: bigint): Promise<void> {
  const updated = await tx.$executeRaw`
    UPDATE request_hold SET amount = ${amountNanoUsd}::bigint WHERE request_id = ${requestId}::uuid AND closed_at IS NULL`;
  if (updated !== 1) throw new Error(`the hold of ${requestId} is not open`);
}

/** Closes the open holds of these requests and answers them; each is answered once, however many ask. */
export async function closeHolds(tx: Transaction, requestIds: readonly string[]): Promise<RequestHold[]> {
  if (requestIds.length === 0) return [];
  const rows = await tx.$queryRaw<(Omit<RequestHold, 'budgets'> & { budgets: unknown })[]>`
    WITH open AS (
      SELECT request_id FROM request_hold
      WHERE request_id = ANY (${requestIds}::uuid[]) AND closed_at IS NULL ORDER BY request_id FOR UPDATE
    )
    UPDATE request_hold SET closed_at = now() FROM open WHERE request_hold.request_id = open.request_id
    RETURNING request_hold.request_id AS "requestId", org_id AS "orgId", amount AS "amountNanoUsd", budgets`;
  return rows.map((row) => ({ ...row, budgets: readSubjects(row.budgets) }));
}

/** Has a row if a hold is past its time. */
export const expiredHolds = 'SELECT FROM request_hold WHERE closed_at IS NULL AND expires_at <= now()';

/** Open holds that are past their time, in the order in which they were made. */
export async function findExpiredHolds(db: Transaction, limit: number): Promise<{ requestId: string; mark: bigint }[]> {
  return db.$queryRaw`
    SELECT request_id AS "requestId", mark FROM request_hold
    WHERE closed_at IS NULL AND expires_at <= now() ORDER BY mark, request_id LIMIT ${limit}`;
}

/** All that is held for requests past their time, in nano-USD. */
export async function sumExpiredHolds(db: Transaction): Promise<bigint> {
  const [row] = await db.$queryRaw<{ total: bigint }[]>`
    SELECT coalesce(sum(amount), 0)::bigint AS total FROM request_hold
    WHERE closed_at IS NULL AND expires_at <= now()`;
  return row?.total ?? 0n;
}

/** Forgets holds that were closed so long ago that no repeat of theirs is on its way. */
export async function forgetClosedHolds(db: Transaction, ageMs: number): Promise<void> {
  await db.$executeRaw`
    DELETE FROM request_hold WHERE closed_at < now() - ${ageMs} * interval '1 millisecond'`;
}
