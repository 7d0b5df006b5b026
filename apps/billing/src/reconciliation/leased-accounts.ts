import type { Transaction } from '../database/open-database.ts';

/** What the ledger says of an organisation that has, or had, credit at the counter store. Nano-USD. */
export interface LeasedAccount {
  orgId: string;
  leased: bigint;
  /** All that ever left the account. */
  debited: bigint;
  /** Leases whose grant is not confirmed. */
  pending: bigint;
  /** Leases whose credit was lost. */
  stranded: bigint;
  /** True if one of those was stranded too late to be looked at. */
  isResting: boolean;
  /** The mark of the first lease: no request of the organisation took leased money before. */
  since: bigint;
}

/** One page of them, by organisation, from behind `cursor`. */
export function readLeasedAccounts(
  db: Transaction,
  page: { cursor: string; limit: number; restMs: number },
): Promise<LeasedAccount[]> {
  return db.$queryRaw<LeasedAccount[]>`
    SELECT account.org_id AS "orgId", balance AS leased, debited, open.pending, open.stranded,
      coalesce(open."isResting", false) AS "isResting",
      coalesce((SELECT min(posted_mark) FROM lease WHERE lease.org_id = account.org_id), 0) AS since
    FROM account CROSS JOIN LATERAL (
      SELECT count(*) FILTER (WHERE status = 'pending') AS pending,
        count(*) FILTER (WHERE status = 'stranded') AS stranded,
        max(stranded_at) > now() - ${page.restMs} * interval '1 millisecond' AS "isResting"
      FROM lease WHERE lease.org_id = account.org_id AND status <> 'closed'
    ) AS open
    WHERE kind = 'leased' AND account.org_id > ${page.cursor}::uuid AND (balance > 0 OR debited > 0)
    ORDER BY account.org_id LIMIT ${page.limit}`;
}

/** How far more than `leased` may be at the store now, after a first reading: what has left the account since. */
export async function readLeasedNow(
  db: Transaction,
  orgId: string,
): Promise<Pick<LeasedAccount, 'leased' | 'debited'> | undefined> {
  const [row] = await db.$queryRaw<Pick<LeasedAccount, 'leased' | 'debited'>[]>`
    SELECT balance AS leased, debited FROM account WHERE kind = 'leased' AND org_id = ${orgId}::uuid`;
  return row;
}
