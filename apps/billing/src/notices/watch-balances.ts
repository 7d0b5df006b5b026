import { eachApart } from '../background/each-apart.ts';
import type { Database, Transaction } from '../database/open-database.ts';
import type { BillingEvents } from '../events.ts';
import { lockOrganization } from '../ledger/accounts.ts';
import { raise } from './write-notice.ts';

export interface WatchContext {
  readonly database: Database;
  readonly events: Pick<BillingEvents, 'balanceLow' | 'spendingUnusual' | 'taskFailed'>;
  readonly clock: () => Date;
  readonly config: { readonly lowBalanceNanoUsd: bigint };
}

const perStep = 200;

/**
 * Warns of balances that are below the line, once until they are at it again. An organisation that has never spent anything is not
 * warned, nor is one that another organisation pays for. The balance counts what is leased, held and promotional.
 */
export async function watchBalances({ database, events, clock, config }: WatchContext): Promise<void> {
  const line = config.lowBalanceNanoUsd;
  await database.$executeRaw`
    DELETE FROM raised_warning WHERE type = 'balance.low' AND (
      SELECT sum(balance) FROM account
        WHERE (account.org_id = raised_warning.org_id AND payer_id IS NULL OR payer_id = raised_warning.org_id) AND kind IN ('available', 'leased', 'held', 'promotional')) >= ${line}::bigint`;
  const low = await findLow(database, line);
  await eachApart(
    low.map(({ orgId }) => orgId),
    async (orgId) => {
      const balance = await database.$transaction(async (tx) => {
        await lockOrganization(tx, orgId);
        const [row] = await findLow(tx, line, orgId);
        if (row === undefined) return null;
        const data = { balanceNanoUsd: row.balance.toString(), thresholdNanoUsd: line.toString() };
        return (await raise(tx, clock(), { orgId, type: 'balance.low', data })) ? row.balance : null;
      });
      if (balance !== null) events.balanceLow({ orgId, balanceNanoUsd: balance });
    },
    (orgId, error) => events.taskFailed('warnings', error, { orgId }),
  );
}

/** Organisations below the line without a raised warning; `orgId`: this one alone. */
function findLow(db: Database | Transaction, line: bigint, orgId: string | null = null) {
  return db.$queryRaw<{ orgId: string; balance: bigint }[]>`
    SELECT coalesce(payer_id, account.org_id) AS "orgId", sum(balance)::bigint AS balance FROM account
    WHERE kind IN ('available', 'leased', 'held', 'promotional')
      AND (account.org_id = ${orgId}::uuid OR payer_id = ${orgId}::uuid OR ${orgId}::uuid IS NULL)
      AND NOT EXISTS (
        SELECT FROM raised_warning
        WHERE raised_warning.org_id = coalesce(payer_id, account.org_id) AND type = 'balance.low')
      AND NOT EXISTS (
        SELECT FROM paid_organization AS paid
        WHERE paid.org_id = coalesce(account.payer_id, account.org_id) AND paid.state <> 'asked')
    GROUP BY 1 HAVING sum(balance) < ${line}::bigint AND sum(debited) > 0
    ORDER BY random() LIMIT ${perStep}`;
}
