import { AppError, type LedgerHoldAnswer } from '@aggregator/contracts';
import { formatNanoUsd } from '@aggregator/pricing';
import { type BudgetRow, usedOf } from '../budgets/budget-rows.ts';
import { type HoldBudgets, holdInBudgets, toSubjects, unholdInBudgets } from '../budgets/hold-budgets.ts';
import type { Database, Transaction } from '../database/open-database.ts';
import { lockAccounts, lockOrganization, type OrganizationAccounts } from '../ledger/accounts.ts';
import { takeOfMinute } from '../ledger/minute-limit.ts';
import { type OpenAccountsOptions, openAccounts } from '../ledger/open-accounts.ts';
import { type NewTransfer, postTransfers } from '../ledger/post-transfers.ts';
import { isStopped } from '../payers/is-stopped.ts';
import { covers, drawShortage } from '../promotional-credits/draw-promotional.ts';
import { closeHolds, insertHold, type RequestHold } from './hold-rows.ts';

export interface HoldOptions extends OpenAccountsOptions {
  ttlMs: number;
  chargeMinuteMaxNanoUsd: bigint;
}

/**
 * Moves what a request may cost `available → held`, once for each request. What is leased cannot be used here: while the
 * counter store is away, how much of it is spent is unknown.
 * @param hold ids in lower case; `budgets` must cover it, too.
 * @throws {AppError} `billing_unavailable` where only leased money would cover it.
 */
export async function holdMoney(
  db: Database,
  request: Omit<RequestHold, 'budgets'> & { budgets?: HoldBudgets },
  options: HoldOptions,
): Promise<LedgerHoldAnswer> {
  const { budgets = [] } = request;
  const hold = { ...request, budgets: toSubjects(budgets) };
  try {
    await openAccounts(db, hold.orgId, options);
  } catch (error) {
    // An organisation that does not exist has no balance.
    if (error instanceof AppError && error.code === 'not_found') return { result: 'insufficient' };
    throw error;
  }
  return db.$transaction(async (tx) => {
    // The request's row first, as everybody takes them: request ids, then accounts.
    const isNew = await insertHold(tx, hold, options.ttlMs);
    const accounts = await lockOrganization(tx, hold.orgId);
    const { purse } = accounts;
    if (!isNew) return { result: 'held', availableNanoUsd: formatNanoUsd(purse.available) };
    const isFrozen = await isStopped(tx, accounts);
    if (isFrozen || !covers(purse, hold.amountNanoUsd)) {
      // Not rolled back by an exception: an answer is no failure.
      await tx.$executeRaw`DELETE FROM request_hold WHERE request_id = ${hold.requestId}::uuid`;
      if (isFrozen || purse.available + accounts.leased < hold.amountNanoUsd) return { result: 'insufficient' };
      throw new AppError('billing_unavailable', { internal: 'the rest is leased', retryAfterMs: 1000 });
    }
    const exceeded = await holdInBudgets(tx, hold.orgId, budgets, hold.amountNanoUsd);
    if (exceeded !== null) {
      await tx.$executeRaw`DELETE FROM request_hold WHERE request_id = ${hold.requestId}::uuid`;
      return toBudgetRefusal(exceeded);
    }
    const limit = await takeOfMinute(tx, hold.orgId, {
      ...{ leastNanoUsd: hold.amountNanoUsd, wantedNanoUsd: hold.amountNanoUsd },
      maxNanoUsd: options.chargeMinuteMaxNanoUsd,
    });
    if (typeof limit !== 'bigint') {
      await unholdInBudgets(tx, [hold]);
      await tx.$executeRaw`DELETE FROM request_hold WHERE request_id = ${hold.requestId}::uuid`;
      return { result: 'limited', retryAfterMs: limit.retryAfterMs };
    }
    await drawShortage(tx, purse, hold.amountNanoUsd);
    await postTransfers(tx, [
      {
        debitAccount: purse.availableId,
        creditAccount: accounts.heldId,
        amountNanoUsd: hold.amountNanoUsd,
        reason: 'hold',
        requestId: hold.requestId,
        description: 'Held for a request while the counter store is away',
      },
    ]);
    return { result: 'held', availableNanoUsd: formatNanoUsd(purse.available - hold.amountNanoUsd) };
  });
}

export function toBudgetRefusal(row: BudgetRow): LedgerHoldAnswer {
  const { budgetId, period, spent } = row;
  const amounts = { spentNanoUsd: formatNanoUsd(spent), usedNanoUsd: formatNanoUsd(usedOf(row)) };
  return { result: 'budget_exceeded', budgetId, period, ...amounts };
}

/** Ends holds whose requests cost nothing, or are past their time. Answers how many were still open. */
export function releaseHolds(db: Database, requestIds: readonly string[]): Promise<number> {
  return db.$transaction(async (tx) => {
    const holds = await closeHolds(tx, requestIds);
    if (holds.length > 0) {
      const accounts = await lockAccounts(tx, [...new Set(holds.map(({ orgId }) => orgId))], []);
      await returnHolds(tx, holds, accounts);
      await unholdInBudgets(tx, holds);
    }
    return holds.length;
  });
}

/**
 * Gives closed holds back whole, `held → available`; what their requests cost is then charged. Counts it into `accounts`,
 * which must be locked.
 */
export async function returnHolds(
  tx: Transaction,
  holds: readonly RequestHold[],
  accounts: ReadonlyMap<string, OrganizationAccounts>,
): Promise<void> {
  const transfers = holds.map(({ orgId, requestId, amountNanoUsd }): NewTransfer => {
    const account = accounts.get(orgId);
    if (account === undefined) throw new Error(`organisation ${orgId} has no accounts`);
    account.held -= amountNanoUsd;
    account.purse.available += amountNanoUsd;
    return {
      ...{ debitAccount: account.heldId, creditAccount: account.purse.availableId, amountNanoUsd, requestId },
      reason: 'hold_returned',
      description: 'No longer held',
    };
  });
  await postTransfers(tx, transfers);
}
