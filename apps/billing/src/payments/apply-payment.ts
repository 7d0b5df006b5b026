import type { PaymentEventOf } from '@aggregator/payments';
import { noteDecline } from '../automatic-top-ups/note-outcome.ts';
import type { Transaction } from '../database/open-database.ts';
import type { Payment } from '../generated/prisma/client.ts';
import { creditPayment } from './credit-payment.ts';
import type { Applied, EventContext } from './event-context.ts';
import { noticeFailure } from './notice-failure.ts';
import { lockPaymentOf } from './payment-rows.ts';

type Event = PaymentEventOf<'payment_succeeded' | 'payment_processing' | 'payment_failed' | 'payment_expired'>;

/**
 * What a provider reports of a payment. The amount and the currency are those that we asked for: an event with others credits
 * nothing. Nothing that is credited is taken back here: a failure that comes later is for a person to judge.
 */
export async function applyPayment(
  context: EventContext,
  tx: Transaction,
  provider: string,
  event: Event,
): Promise<Applied> {
  const payment = await lockPaymentOf(tx, provider, event);
  if (payment === null) return { state: 'quarantined', review: 'unknown_payment' };
  const facts = { orgId: payment.orgId, paymentId: payment.id };
  const { paymentReference } = event;
  const isOther =
    payment.paymentReference !== null && paymentReference !== null && payment.paymentReference !== paymentReference;
  if (isOther) return { ...facts, state: 'quarantined', review: 'reference_mismatch' };
  switch (event.kind) {
    case 'payment_succeeded': {
      const { minorUnits, currency } = event.money;
      if (BigInt(minorUnits) !== payment.minorUnits || currency !== payment.currency) {
        return { ...facts, state: 'quarantined', review: 'amount_mismatch' };
      }
      await creditPayment(context, tx, payment, paymentReference);
      return { ...facts, state: 'handled' };
    }
    case 'payment_processing':
      if (isUnfinished(payment)) await setStatus(tx, payment, 'processing', paymentReference);
      return { ...facts, state: 'handled' };
    case 'payment_expired':
      if (isUnfinished(payment) && payment.status !== 'processing') await setStatus(tx, payment, 'expired', null);
      return { ...facts, state: 'handled' };
    case 'payment_failed':
      return { ...facts, ...(await fail(context, tx, payment, event)) };
  }
}

async function fail(
  { clock }: EventContext,
  tx: Transaction,
  payment: Payment,
  event: PaymentEventOf<'payment_failed'>,
): Promise<Applied> {
  const { failureCode, isFinal } = event;
  if (payment.status === 'succeeded') return { state: 'handled', review: 'late_failure' };
  // A declined card on a page: the customer may try another one there.
  const isOver = isFinal || payment.kind === 'automatic';
  if (isUnfinished(payment)) {
    const status = isOver ? 'failed' : payment.status;
    await tx.payment.update({ where: { id: payment.id }, data: { status, failureCode } });
    if (isOver) await noticeFailure(tx, clock(), payment, failureCode);
    if (payment.kind === 'automatic') await noteDecline(tx, payment.orgId, clock());
  }
  return { state: 'handled' };
}

const isUnfinished = ({ status }: Payment) => ['created', 'open', 'processing'].includes(status);

async function setStatus(
  tx: Transaction,
  payment: Payment,
  status: 'processing' | 'expired',
  paymentReference: string | null,
): Promise<void> {
  const data = { status, ...(paymentReference === null ? {} : { paymentReference }) };
  await tx.payment.update({ where: { id: payment.id }, data });
}
