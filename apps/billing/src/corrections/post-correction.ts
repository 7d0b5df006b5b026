import { costUsage } from '@aggregator/pricing';
import { countInBudgets, readBudgets } from '../budgets/count-charges.ts';
import { correctCost } from '../costs/book-costs.ts';
import type { Database, Transaction } from '../database/open-database.ts';
import { lockAccounts, payerOf, platformAccounts } from '../ledger/accounts.ts';
import { createOrderedIds } from '../ledger/ordered-ids.ts';
import { type NewTransfer, postTransfers } from '../ledger/post-transfers.ts';
import { writeStatement } from '../ledger/write-statement.ts';
import { drawShortage } from '../promotional-credits/draw-promotional.ts';
import { type OpenedReview, openReviews } from '../reviews/open-reviews.ts';
import { allotCorrection, type CorrectionAllotment } from './allot-correction.ts';
import type { UsageCorrection } from './usage-correction.ts';

export type PostCorrectionAnswer =
  /** The difference is in the ledger. */
  | { result: 'posted'; allotment: CorrectionAllotment; reviews: OpenedReview[] }
  /** Its settlement has not arrived. */
  | { result: 'waiting' }
  | { result: 'duplicate' }
  | { result: 'refused'; reason: 'event_id_reused' | 'settlement_mismatch' | 'month_compacted' };

interface ChargeRow {
  orgId: string;
  provider: string;
  model: string;
  amount: bigint;
  estimated: boolean;
  budgets: unknown;
}

/**
 * Posts the difference between an estimate and the provider's record, once for each request, in one transaction: the
 * correction's row, transfers, balances, statement and outbox. Without its settlement it is kept, and posted behind it.
 */
export async function postCorrection(db: Database, correction: UsageCorrection): Promise<PostCorrectionAnswer> {
  return db.$transaction(async (tx) => {
    const state = await takeCorrection(tx, correction);
    if (state === 'reused') return { result: 'refused', reason: 'event_id_reused' };
    if (state === 'posted') return { result: 'duplicate' };
    const { requestId } = correction.event;
    if (state === 'refused') {
      return {
        result: 'refused',
        reason: (await isMonthOver(tx, requestId)) ? 'month_compacted' : 'settlement_mismatch',
      };
    }
    const [charge] = await tx.$queryRaw<ChargeRow[]>`
      SELECT org_id AS "orgId", provider, model, amount, estimated, budgets FROM charge
      WHERE request_id = ${requestId}::uuid AND NOT (amount = 0 AND outcome IN ('void', 'failed')) FOR SHARE`;
    // After the charge was locked: its month is not closed before this transaction ends.
    if (await isMonthOver(tx, requestId)) {
      await decide(tx, requestId, 'refused', null);
      return { result: 'refused', reason: 'month_compacted' };
    }
    if (charge === undefined) return { result: 'waiting' };
    if (!isItsSettlement(charge, correction)) {
      await decide(tx, requestId, 'refused', null);
      return { result: 'refused', reason: 'settlement_mismatch' };
    }
    const { event, amounts } = correction;
    const costDifference = costUsage(event.actual.usage, event.price) - costUsage(event.settled.usage, event.price);
    const allotment = await moveDifference(tx, correction);
    await correctCost(tx, requestId, { provider: event.provider, differenceNanoUsd: costDifference });
    const counted = {
      orgId: event.orgId,
      budgets: readBudgets(charge.budgets),
      amountNanoUsd: amounts.differenceNanoUsd,
    };
    // Its hold has ended: no hold covers the difference.
    await countInBudgets(tx, [{ ...counted, isAtStore: false }]);
    const truth = { event: { ...event, usage: event.actual.usage }, amountNanoUsd: amounts.actualNanoUsd };
    const reviews = await openReviews(tx, [truth]);
    await decide(tx, requestId, 'posted', { amount: amounts.differenceNanoUsd, cost: costDifference });
    return { result: 'posted', allotment, reviews };
  });
}

/** Writes the correction's row, or locks the one that is there. */
async function takeCorrection(
  tx: Transaction,
  { event: { requestId, orgId }, bodyHash, body }: UsageCorrection,
): Promise<'waiting' | 'posted' | 'refused' | 'reused'> {
  await tx.$executeRaw`
    INSERT INTO usage_correction (request_id, org_id, body_hash, body, state)
    VALUES (${requestId}::uuid, ${orgId}::uuid, decode(${bodyHash}, 'hex'), ${body}::jsonb, 'waiting')
    ON CONFLICT (request_id) DO NOTHING`;
  const [row] = await tx.$queryRaw<{ state: 'waiting' | 'posted' | 'refused'; isSame: boolean }[]>`
    SELECT state, body_hash = decode(${bodyHash}, 'hex') AS "isSame" FROM usage_correction
    WHERE request_id = ${requestId}::uuid FOR UPDATE`;
  if (row === undefined) throw new Error('a correction was written and is not there');
  return row.isSame ? row.state : 'reused';
}

/** True if the details of a request's month are exported and deleted, or about to be. */
async function isMonthOver(tx: Transaction, requestId: string): Promise<boolean> {
  const rows = await tx.$queryRaw<unknown[]>`SELECT FROM compacted_month WHERE to_id > ${requestId}::uuid LIMIT 1`;
  return rows.length > 0;
}

function isItsSettlement(charge: ChargeRow, { event, amounts }: UsageCorrection): boolean {
  const { orgId, provider, model, amount, estimated } = charge;
  const isSame = orgId === event.orgId && provider === event.provider && model === event.model;
  return isSame && estimated && amount === amounts.settledNanoUsd;
}

async function decide(
  tx: Transaction,
  requestId: string,
  state: 'posted' | 'refused',
  difference: { amount: bigint; cost: bigint } | null,
): Promise<void> {
  await tx.$executeRaw`
    UPDATE usage_correction SET state = ${state}, difference = ${difference?.amount ?? null}::bigint,
      cost_difference = ${difference?.cost ?? null}::bigint, decided_at = now()
    WHERE request_id = ${requestId}::uuid`;
}

async function moveDifference(tx: Transaction, { event, amounts }: UsageCorrection): Promise<CorrectionAllotment> {
  const { orgId, requestId, provider, model } = event;
  const { settledNanoUsd: settled, actualNanoUsd: actual, differenceNanoUsd } = amounts;
  const accounts = (
    await lockAccounts(
      tx,
      [orgId],
      [
        ...[platformAccounts.revenue, platformAccounts.platformLoss, platformAccounts.payableDisputed],
        ...[platformAccounts.cogs, platformAccounts.payableProvider],
      ],
    )
  ).get(orgId);
  const purse = accounts?.purse;
  if (purse !== undefined && differenceNanoUsd > 0n) await drawShortage(tx, purse, differenceNanoUsd);
  const [paid] = await tx.$queryRaw<{ collected: bigint }[]>`
    SELECT coalesce(sum(amount), 0)::bigint AS collected FROM transfer
    WHERE request_id = ${requestId}::uuid AND reason = 'charge'`;
  const credit = { collected: paid?.collected ?? 0n, available: purse?.available ?? 0n };
  const allotment = allotCorrection({ settled, actual, ...credit });
  const { fromAvailable, fromPlatformLoss, toAvailable, toPlatformLoss } = allotment;
  const description = `Correction of request ${requestId}: ${model} via ${provider}, by the provider's record`;
  const [lineId = ''] = createOrderedIds(1);
  // What the organisation sees: all that it owes more, or what it gets back.
  const seen = differenceNanoUsd > 0n ? -differenceNanoUsd : toAvailable;
  const reference = seen === 0n ? {} : { reference: lineId };
  const { revenue, platformLoss } = platformAccounts;
  const move = (debitAccount: string, creditAccount: string, amountNanoUsd: bigint): NewTransfer => ({
    ...{ debitAccount, creditAccount, amountNanoUsd, reason: 'correction', requestId, description },
    ...reference,
  });
  const transfers = [
    move(purse?.availableId ?? '', revenue, fromAvailable),
    move(platformLoss, revenue, fromPlatformLoss),
    move(revenue, purse?.availableId ?? '', toAvailable),
    move(revenue, platformLoss, toPlatformLoss),
  ];
  await postTransfers(
    tx,
    transfers.filter(({ amountNanoUsd }) => amountNanoUsd > 0n),
  );
  if (seen !== 0n) {
    const note = fromPlatformLoss > 0n ? ' (part of it not collected)' : '';
    const payerId = accounts && payerOf(accounts);
    const line = { id: lineId, orgId, payerId, amountNanoUsd: seen, description: description + note };
    await writeStatement(tx, [{ ...line, type: 'adjustment' }]);
  }
  return allotment;
}
