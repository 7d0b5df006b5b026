import type { LedgerCheckAnswer } from '@aggregator/contracts';
import { formatNanoUsd } from '@aggregator/pricing';
import type { Database, Transaction } from '../database/open-database.ts';
import { type Changes, readRecentChanges } from './recent-changes.ts';

const faultsMax = 100;
/** Transfers, or accounts, of one statement: far below what a statement may take. */
const portionMax = 100_000;
/** All portions together: ten minutes of transfers are not folded, and a part of that time reads them. */
const wholeMs = 5 * 60_000;
const beforeFirst = '00000000-0000-0000-0000-000000000000';

interface Totals {
  accounts: number;
  sumNanoUsd: bigint;
  faults: LedgerCheckAnswer['faults'];
}

/**
 * Compares: each balance is what its transfers make it, no organisation's is below zero, and all together they are nothing.
 * It reads in portions, all of them as of one moment: the transfers that are not folded yet (`fold-ledger.ts`), then the
 * accounts. It keeps one number in memory for each account with such a transfer.
 * @param portion transfers or accounts of one statement.
 */
export function checkLedger(db: Database, portion = portionMax): Promise<LedgerCheckAnswer> {
  return db.$transaction(
    async (tx) => {
      const recent = await readRecentChanges(tx, portion);
      const { accounts, sumNanoUsd, faults } = await compareAccounts(tx, recent.changes, portion);
      return {
        isConsistent: faults.length === 0 && sumNanoUsd === 0n,
        ...{ accounts, transfers: recent.transfers, sumNanoUsd: sumNanoUsd.toString(), faults },
      };
    },
    { isolationLevel: 'RepeatableRead', timeout: wholeMs },
  );
}

async function compareAccounts(tx: Transaction, changes: Changes, portion: number): Promise<Totals> {
  const totals: Totals = { accounts: 0, sumNanoUsd: 0n, faults: [] };
  for (let last: string | null = beforeFirst; last !== null; ) {
    const rows: Account[] = await readAccounts(tx, last, portion);
    for (const { id, kind, balance, folded, mayBeNegative } of rows) {
      const expected = BigInt(folded) + (changes.get(id) ?? 0n);
      totals.accounts += 1;
      totals.sumNanoUsd += balance;
      const isFault = balance !== expected || (balance < 0n && !mayBeNegative);
      if (!isFault || totals.faults.length === faultsMax) continue;
      const amounts = { balanceNanoUsd: formatNanoUsd(balance), foldedNanoUsd: expected.toString() };
      totals.faults.push({ accountId: id, kind, ...amounts });
    }
    last = rows.length < portion ? null : (rows.at(-1)?.id ?? null);
  }
  return totals;
}

interface Account {
  id: string;
  kind: string;
  balance: bigint;
  /** As text: a sum may be wider than a balance. */
  folded: string;
  mayBeNegative: boolean;
}

function readAccounts(tx: Transaction, after: string, portion: number): Promise<Account[]> {
  return tx.$queryRaw<Account[]>`
    SELECT id, kind, balance, coalesce(folded, 0)::text AS folded,
      kind NOT IN ('available', 'leased', 'held', 'promotional') AS "mayBeNegative"
    FROM account LEFT JOIN ledger_fold_account ON account_id = id
    WHERE id > ${after}::uuid ORDER BY id LIMIT ${portion}`;
}
