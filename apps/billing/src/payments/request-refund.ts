import { AppError, type CreateRefundRequest, type TopUpRefund, topUpRefund } from '@aggregator/contracts';
import { PaymentRefused } from '@aggregator/payments';
import { formatNanoUsd, parseNanoUsd } from '@aggregator/pricing';
import { createUuidV7 } from '@aggregator/service-kit';
import { type Actor, writeAudit } from '../audit/write-audit.ts';
import { eachApart } from '../background/each-apart.ts';
import type { Transaction } from '../database/open-database.ts';
import { nanoUsdPerCent } from '../exchange-rates/exchange-rates.ts';
import type { Payment, PaymentRefund } from '../generated/prisma/client.ts';
import { lockOrganization, platformAccounts, prepaidOf } from '../ledger/accounts.ts';
import { GuardError, postTransfers } from '../ledger/post-transfers.ts';
import { writeStatement } from '../ledger/write-statement.ts';
import { openPaymentReview } from './open-payment-review.ts';
import { answerWithinMs, type PaymentContext } from './payment-desk.ts';
import { lockPayment, toNextUnits, unitsOf } from './payment-rows.ts';
import { lockRefund, type RefundStatus, settleRefund } from './settle-refund.ts';

/**
 * Gives a part of a payment back to the method that paid. The money leaves the balance first, `available → refunds`, and the
 * provider is asked afterwards, under the refund's id: a crash in between is made good by `retryRefunds`.
 * @throws {AppError} `not_found`; `already_refunded`; `invalid_amount` beyond what is left of the payment or of the balance;
 *   `conflict` if the payment has no money, or the key was used for another refund.
 */
export async function requestRefund(
  context: PaymentContext,
  paymentId: string,
  request: CreateRefundRequest,
  actor: Actor,
): Promise<{ refund: TopUpRefund; isNew: boolean }> {
  const { refund, isNew } = await context.database
    .$transaction((tx) => takeOnce(context, tx, paymentId, request, actor))
    .catch((error: unknown) => {
      if (!(error instanceof GuardError)) throw error;
      const message = 'The balance of the organisation does not cover the refund.';
      throw new AppError('invalid_amount', { param: 'amountNanoUsd', message, cause: error });
    });
  const sent = refund.status === 'requested' ? await sendRefund(context, refund) : refund;
  return { refund: toTopUpRefund(sent), isNew };
}

async function takeOnce(
  { clock }: PaymentContext,
  tx: Transaction,
  paymentId: string,
  request: CreateRefundRequest,
  actor: Actor,
): Promise<{ refund: PaymentRefund; isNew: boolean }> {
  const { reasonKey, description } = request;
  const amount = parseNanoUsd(request.amountNanoUsd);
  const payment = await lockPayment(tx, paymentId);
  if (payment === null) throw new AppError('not_found');
  const before = await tx.paymentRefund.findUnique({ where: { paymentId_reasonKey: { paymentId, reasonKey } } });
  if (before !== null) {
    if (before.amount === amount) return { refund: before, isNew: false };
    throw new AppError('conflict', { message: 'This reasonKey was used for another refund.' });
  }
  requireRefundable(payment, amount);
  const earlier = await tx.paymentRefund.findMany({ where: { paymentId, status: { not: 'failed' } } });
  const minorUnits = toNextUnits(payment, earlier, amount);
  // Refunds that were made at the provider by hand may have returned more than their whole cents.
  if (minorUnits <= 0n) throw new AppError('invalid_amount', { param: 'amountNanoUsd' });
  const now = clock();
  const { orgId } = payment;
  const accounts = await lockOrganization(tx, orgId, [platformAccounts.refunds]);
  // Credit that was never paid in cannot go to a card.
  if (prepaidOf(accounts) < amount) throw new GuardError('a refund is more than what is left of what was paid');
  const id = createUuidV7();
  const sides = { debitAccount: accounts.availableId, creditAccount: platformAccounts.refunds, amountNanoUsd: amount };
  await postTransfers(tx, [{ ...sides, reason: 'refund', description, reference: id }]);
  await writeStatement(tx, [{ id, orgId, type: 'refund', amountNanoUsd: -amount, description }]);
  await tx.payment.update({ where: { id: paymentId }, data: { refunded: { increment: amount } } });
  const row = { id, paymentId, orgId, amount, minorUnits, reasonKey, description, actorUserId: actor.userId };
  const refund = await tx.paymentRefund.create({ data: { ...row, status: 'requested', createdAt: now } });
  await writeAudit(tx, now, actor, {
    ...{ organizationId: orgId, action: 'refund_requested', subjectType: 'payment', subjectId: paymentId },
    details: { amountNanoUsd: amount.toString(), refundId: id, reasonKey },
  });
  return { refund, isNew: true };
}

function requireRefundable(payment: Payment, amount: bigint): void {
  if (payment.status !== 'succeeded' || payment.paymentReference === null) {
    throw new AppError('conflict', { message: 'This payment has no money to give back.' });
  }
  if (amount <= 0n || amount % nanoUsdPerCent !== 0n) throw new AppError('invalid_amount', { param: 'amountNanoUsd' });
  const left = payment.amount - payment.refunded - payment.disputed;
  if (left <= 0n) throw new AppError('already_refunded');
  if (amount > left) throw new AppError('invalid_amount', { param: 'amountNanoUsd' });
}

/**
 * Asks the provider, and notes what it says. A call without an answer leaves the refund as it is. Once the provider may have forgotten
 * the call it is not repeated, since it would return the money twice: a person looks there.
 */
async function sendRefund(context: PaymentContext, refund: PaymentRefund): Promise<PaymentRefund> {
  const { database, paymentProviders, events } = context;
  const payment = await database.payment.findUniqueOrThrow({ where: { id: refund.paymentId } });
  const provider = paymentProviders.get(payment.provider);
  if (provider === undefined || payment.paymentReference === null) return refund;
  const now = context.clock();
  if (now.getTime() - refund.createdAt.getTime() > answerWithinMs) {
    const facts = { provider: provider.name, eventId: refund.id, orgId: refund.orgId, paymentId: payment.id };
    await database.$transaction((tx) => openPaymentReview(tx, now, { ...facts, reason: 'refund_unanswered' }));
    return refund;
  }
  const money = { minorUnits: unitsOf(payment, refund).toString(), currency: payment.currency };
  let outcome: { refundReference: string | null; status: RefundStatus };
  try {
    outcome = await provider.refund({ refundId: refund.id, paymentReference: payment.paymentReference, money });
  } catch (error) {
    events.paymentCallFailed({ provider: provider.name, call: 'refund', paymentId: payment.id, error });
    if (!(error instanceof PaymentRefused)) return refund;
    outcome = { refundReference: null, status: 'failed' };
  }
  return database.$transaction(async (tx) => {
    await lockPayment(tx, payment.id);
    const locked = await lockRefund(tx, refund.id);
    if (locked === null) throw new Error('a refund vanished');
    if (await settleRefund(tx, locked, outcome.status, outcome.refundReference)) {
      const facts = { provider: provider.name, eventId: refund.id, orgId: refund.orgId, paymentId: payment.id };
      await openPaymentReview(tx, context.clock(), { ...facts, reason: 'refund_failed' });
    }
    return tx.paymentRefund.findUniqueOrThrow({ where: { id: refund.id } });
  });
}

const retriedMax = 50;
/** A call of the request itself may still be under way. */
const retryAfterMs = 60_000;

/** Asks the provider again about refunds that it has not confirmed. */
export async function retryRefunds(context: PaymentContext): Promise<void> {
  const before = new Date(context.clock().getTime() - retryAfterMs);
  const refunds = await context.database.$queryRaw<{ id: string; orgId: string }[]>`
    SELECT id, org_id AS "orgId" FROM payment_refund
    WHERE status = 'requested' AND created_at < ${before}::timestamptz ORDER BY random() LIMIT ${retriedMax}`;
  await eachApart(
    refunds,
    async ({ id }) => sendRefund(context, await context.database.paymentRefund.findUniqueOrThrow({ where: { id } })),
    ({ orgId }, error) => context.events.taskFailed('refunds', error, { orgId }),
  );
}

function toTopUpRefund(row: PaymentRefund): TopUpRefund {
  return {
    ...{ id: row.id, time: row.createdAt.toISOString(), topUpId: row.paymentId },
    ...{ amountNanoUsd: formatNanoUsd(row.amount), reasonKey: row.reasonKey, description: row.description },
    status: topUpRefund.shape.status.parse(row.status),
  };
}
