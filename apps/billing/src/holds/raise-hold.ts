import { AppError, type LedgerHoldAnswer } from '@aggregator/contracts';
import { formatNanoUsd } from '@aggregator/pricing';
import { type HoldBudgets, holdInBudgets } from '../budgets/hold-budgets.ts';
import type { Database } from '../database/open-database.ts';
import { lockOrganization } from '../ledger/accounts.ts';
import { takeOfMinute } from '../ledger/minute-limit.ts';
import { postTransfers } from '../ledger/post-transfers.ts';
import { isStopped } from '../payers/is-stopped.ts';
import { covers, drawShortage } from '../promotional-credits/draw-promotional.ts';
import { type HoldOptions, toBudgetRefusal } from './hold-money.ts';
import { lockOpenHold, type RequestHold, setHoldAmount } from './hold-rows.ts';

/**
 * Raises the open hold of a request to `amountNanoUsd`: moves the difference `available → held`, or nothing. A hold that is
 * as high already stays as it is.
 * @param hold ids in lower case.
 * @throws {AppError} `billing_unavailable` if the request has no open hold, or if only leased money would cover it.
 */
export async function raiseHold(
  db: Database,
  hold: Omit<RequestHold, 'budgets'> & { budgets?: HoldBudgets },
  { chargeMinuteMaxNanoUsd: maxNanoUsd }: Pick<HoldOptions, 'chargeMinuteMaxNanoUsd'>,
): Promise<LedgerHoldAnswer> {
  const { orgId, requestId, amountNanoUsd } = hold;
  return db.$transaction(async (tx) => {
    // The request's row first, as every other writer does: request ids, then accounts.
    const heldNanoUsd = await lockOpenHold(tx, orgId, requestId);
    if (heldNanoUsd === null) throw new AppError('billing_unavailable', { internal: 'no open hold to raise' });
    const accounts = await lockOrganization(tx, orgId);
    const { purse } = accounts;
    const more = amountNanoUsd - heldNanoUsd;
    if (more <= 0n) return { result: 'held', availableNanoUsd: formatNanoUsd(purse.available) };
    const isFrozen = await isStopped(tx, accounts);
    if (isFrozen || !covers(purse, more)) {
      if (isFrozen || purse.available + accounts.leased < more) return { result: 'insufficient' };
      throw new AppError('billing_unavailable', { internal: 'the rest is leased', retryAfterMs: 1000 });
    }
    const limit = await takeOfMinute(tx, orgId, { leastNanoUsd: more, wantedNanoUsd: more, maxNanoUsd });
    if (typeof limit !== 'bigint') return { result: 'limited', retryAfterMs: limit.retryAfterMs };
    const exceeded = await holdInBudgets(tx, orgId, hold.budgets ?? [], more);
    if (exceeded !== null) return toBudgetRefusal(exceeded);
    await drawShortage(tx, purse, more);
    await setHoldAmount(tx, requestId, amountNanoUsd);
    await postTransfers(tx, [
      {
        debitAccount: purse.availableId,
        creditAccount: accounts.heldId,
        amountNanoUsd: more,
        reason: 'hold',
        requestId,
        description: 'Added to the hold of a request while the counter store is away',
      },
    ]);
    return { result: 'held', availableNanoUsd: formatNanoUsd(purse.available - more) };
  });
}
