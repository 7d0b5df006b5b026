import type { PaymentEventOf } from '@aggregator/payments';
import { createUuidV7 } from '@aggregator/service-kit';
import type { Transaction } from '../database/open-database.ts';
import type { Payment, PaymentRefund } from '../generated/prisma/client.ts';
import { lockOrganization, platformAccounts, prepaidOf } from '../ledger/accounts.ts';
import { openAccount } from '../ledger/open-accounts.ts';
import { type NewTransfer, postTransfers } from '../ledger/post-transfers.ts';
import { writeStatement } from '../ledger/write-statement.ts';
import type { Applied, EventContext } from './event-context.ts';
import { lockPaymentOf, toNanoUsd, unitsOf } from './payment-rows.ts';
import { lockRefund, settleRefund } from './settle-refund.ts';

type Event = PaymentEventOf<'refund_changed'>;

/** What a provider reports of a refund: of one that we asked for, or of one that a person made at the provider. */
export async function applyRefund(
  context: EventContext,
  tx: Transaction,
  provider: string,
  event: Event,
): Promise<Applied> {
  const payment = await lockPaymentOf(tx, provider, event);
  // The payment itself may not have been reported yet.
  if (payment === null || payment.status !== 'succeeded') return { state: 'waiting' };
  const facts = { orgId: payment.orgId, paymentId: payment.id };
  const refund = await findRefund(tx, payment, event);
  const units = BigInt(event.money.minorUnits);
  const isSame = event.money.currency === payment.currency && (refund === null || unitsOf(payment, refund) === units);
  if (!isSame) return { ...facts, state: 'quarantined', review: 'amount_mismatch' };
  if (refund === null)
    return { ...facts, ...(await applyForeign(context, tx, payment, event, toNanoUsd(payment, units))) };
  const hasFailed = await settleRefund(tx, refund, event.status, event.refundReference);
  return { ...facts, state: 'handled', ...(hasFailed && { review: 'refund_failed' as const }) };
}

async function findRefund(tx: Transaction, payment: Payment, event: Event): Promise<PaymentRefund | null> {
  const { refundId, refundReference } = event;
  const rows = await tx.paymentRefund.findMany({ where: { paymentId: payment.id } });
  const row = rows.find(({ id, refundReference: known }) => id === refundId || known === refundReference);
  return row === undefined ? null : lockRefund(tx, row.id);
}

/**
 * A refund that was made at the provider by hand: its money is gone. It is taken out of what was paid in, as far as that goes, and
 * not out of a credit limit; the rest is a debt of the organisation.
 */
async function applyForeign(
  { clock }: EventContext,
  tx: Transaction,
  payment: Payment,
  event: Event,
  amount: bigint,
): Promise<Applied> {
  if (event.status === 'failed' || amount === 0n) return { state: 'handled' };
  if (payment.refunded + amount > payment.amount) return { state: 'quarantined', review: 'refund_exceeds_payment' };
  const { orgId, id: paymentId } = payment;
  await openAccount(tx, orgId, 'receivable');
  const accounts = await lockOrganization(tx, orgId, [platformAccounts.refunds, platformAccounts.cashClearing]);
  const prepaid = prepaidOf(accounts);
  const fromBalance = amount < prepaid ? amount : prepaid;
  const lineId = createUuidV7();
  const description = 'Refund';
  const part = (debitAccount: string, amountNanoUsd: bigint): NewTransfer[] => {
    const sides = { debitAccount, creditAccount: platformAccounts.refunds, amountNanoUsd };
    return amountNanoUsd === 0n ? [] : [{ ...sides, reason: 'refund', description, reference: lineId }];
  };
  await postTransfers(tx, [
    ...part(accounts.availableId, fromBalance),
    ...part(accounts.receivableId, amount - fromBalance),
  ]);
  if (fromBalance > 0n) {
    await writeStatement(tx, [{ id: lineId, orgId, type: 'refund', amountNanoUsd: -fromBalance, description }]);
  }
  await tx.payment.update({ where: { id: paymentId }, data: { refunded: { increment: amount } } });
  const { refundReference } = event;
  const minorUnits = BigInt(event.money.minorUnits);
  const row = { id: createUuidV7(), paymentId, orgId, amount, minorUnits, refundReference, description };
  const refund = await tx.paymentRefund.create({
    data: { ...row, reasonKey: refundReference, status: 'requested', createdAt: clock() },
  });
  await settleRefund(tx, refund, event.status, refundReference);
  return { state: 'handled', review: 'refund_at_provider' };
}
