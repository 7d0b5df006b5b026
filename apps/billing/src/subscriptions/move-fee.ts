import { createUuidV7 } from '@aggregator/service-kit';
import type { Transaction } from '../database/open-database.ts';
import type { SubscriptionPlan } from '../generated/prisma/client.ts';
import { lockOrganization, platformAccounts } from '../ledger/accounts.ts';
import { openAccount } from '../ledger/open-accounts.ts';
import { postTransfers } from '../ledger/post-transfers.ts';
import { writeStatement } from '../ledger/write-statement.ts';
import { givePromotional } from '../promotional-credits/promotional-credits.ts';
import type { Period } from './periods.ts';

interface Fee {
  subscriptionId: string;
  orgId: string;
  /** Once for a subscription. */
  key: string;
  /** Nano-USD; below zero is returned to the balance. */
  amountNanoUsd: bigint;
  description: string;
}

/**
 * Moves a fee, `available → revenue`, or back if it is below zero. Returns false, and moves nothing, if the balance does not cover it or
 * the organisation owes anything. The subscription must be locked; the key makes a second move an error.
 */
export async function moveFee(tx: Transaction, now: Date, fee: Fee): Promise<boolean> {
  const { subscriptionId, orgId, key, amountNanoUsd: amount, description } = fee;
  const { available, availableId, receivable } = await lockOrganization(tx, orgId, [platformAccounts.revenue]);
  if (amount > available || (amount > 0n && receivable < 0n)) return false;
  if (amount === 0n) return true;
  const lineId = createUuidV7();
  const { revenue } = platformAccounts;
  const isTaken = amount > 0n;
  const sides = { debitAccount: isTaken ? availableId : revenue, creditAccount: isTaken ? revenue : availableId };
  const amountNanoUsd = isTaken ? amount : -amount;
  await postTransfers(tx, [{ ...sides, amountNanoUsd, reason: 'subscription_fee', description, reference: lineId }]);
  await writeStatement(tx, [{ id: lineId, orgId, type: 'subscription_fee', amountNanoUsd: -amount, description }]);
  await tx.subscriptionCharge.create({ data: { subscriptionId, key, amount, lineId, time: now } });
  return true;
}

/**
 * Takes the fee of a period and gives its credit, less what was spent ahead. Returns false, and does nothing, if the fee cannot
 * be taken.
 */
export async function beginPeriod(
  tx: Transaction,
  now: Date,
  { id: subscriptionId, orgId }: { id: string; orgId: string },
  plan: SubscriptionPlan,
  period: Period,
  creditAhead = 0n,
): Promise<boolean> {
  if (plan.includedCredit > 0n) await openAccount(tx, orgId, 'promotional');
  const key = `fee:${period.from.toISOString()}`;
  const description = `Subscription ${plan.name}`;
  if (!(await moveFee(tx, now, { subscriptionId, orgId, key, amountNanoUsd: plan.fee, description }))) return false;
  const credit = { plan: plan.name, amount: lessAhead(plan.includedCredit, creditAhead), key, to: period.to };
  await giveIncluded(tx, now, { id: subscriptionId, orgId }, credit);
  return true;
}

/** Gives included credit until the end of a period, once for each key. The account `promotional` must be open. */
export async function giveIncluded(
  tx: Transaction,
  now: Date,
  { id, orgId }: { id: string; orgId: string },
  { plan, amount, key, to }: { plan: string; amount: bigint; key: string; to: Date },
): Promise<void> {
  // A period that was over before its fee was paid gives nothing that could still be spent.
  if (amount <= 0n || to <= now) return;
  await givePromotional(tx, now, {
    ...{ orgId, amount, expiresAt: to, grantedBy: null },
    ...{ description: `Credit of the subscription ${plan}`, idempotencyKey: `subscription:${id}:${key}` },
  });
}

/** Included credit without what earlier subscriptions of the same time gave and no fee paid. */
export function lessAhead(includedCredit: bigint, creditAhead: bigint): bigint {
  return includedCredit > creditAhead ? includedCredit - creditAhead : 0n;
}

/** The credit that a plan includes in the present period of a subscription: the first one may have less. */
export function includedIn(
  { periodIndex, creditAhead }: { periodIndex: number; creditAhead: bigint },
  { includedCredit }: Pick<SubscriptionPlan, 'includedCredit'>,
): bigint {
  return periodIndex <= 0 ? lessAhead(includedCredit, creditAhead) : includedCredit;
}
