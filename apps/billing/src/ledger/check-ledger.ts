import type { LedgerCheckAnswer } from '@aggregator/contracts';
import { formatNanoUsd } from '@aggregator/pricing';
import type { Transaction } from '../database/open-database.ts';

interface FoldedAccount {
  id: string;
  kind: string;
  /** Both as text: a sum may be wider than a balance, and JSON numbers are not exact. */
  balance: string;
  folded: string;
}

const faultsMax = 100;

/**
 * Compares: each balance is what its transfers make it, no organisation's is below zero, and all together they are nothing.
 * One statement, so it sees one moment. It reads the transfers that are not folded yet (`fold-ledger.ts`).
 */
export async function checkLedger(db: Transaction): Promise<LedgerCheckAnswer> {
  const [totals] = await db.$queryRaw<
    { accounts: bigint; transfers: bigint; sum: string; faults: FoldedAccount[] | null }[]
  >`
    WITH recent AS MATERIALIZED (
      SELECT debit_account, credit_account, amount FROM transfer WHERE id > (SELECT up_to FROM ledger_fold)
    ), moved AS (
      SELECT debit_account AS id, -amount AS change FROM recent
      UNION ALL SELECT credit_account, amount FROM recent
      UNION ALL SELECT account_id, folded FROM ledger_fold_account
    ), fold AS (
      SELECT account.id, kind, balance, coalesce(sum(change), 0) AS folded
      FROM account LEFT JOIN moved USING (id) GROUP BY account.id
    ), fault AS (
      SELECT id, kind, balance::text, folded::text FROM fold
      WHERE balance <> folded OR (balance < 0 AND kind IN ('available', 'leased', 'held', 'promotional'))
      ORDER BY id LIMIT ${faultsMax}
    )
    SELECT count(*) AS accounts,
      (SELECT transfers FROM ledger_fold) + (SELECT count(*) FROM recent) AS transfers, coalesce(sum(balance), 0)::text AS sum,
      (SELECT json_agg(fault) FROM fault) AS faults
    FROM fold`;
  if (totals === undefined) throw new Error('the ledger check answered nothing');
  const faults = totals.faults ?? [];
  return {
    isConsistent: faults.length === 0 && totals.sum === '0',
    accounts: Number(totals.accounts),
    transfers: Number(totals.transfers),
    sumNanoUsd: totals.sum,
    faults: faults.map(({ id, kind, balance, folded }) => ({
      accountId: id,
      kind,
      balanceNanoUsd: formatNanoUsd(BigInt(balance)),
      foldedNanoUsd: folded,
    })),
  };
}
