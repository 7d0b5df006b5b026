import type { PaymentEventOf } from '@aggregator/payments';
import { installation, writeAudit } from '../audit/write-audit.ts';
import type { Transaction } from '../database/open-database.ts';
import { lockOrganization, platformAccounts } from '../ledger/accounts.ts';
import { openAccount } from '../ledger/open-accounts.ts';
import { postTransfers } from '../ledger/post-transfers.ts';
import { collectReceivable } from './collect-receivable.ts';
import type { Applied, EventContext } from './event-context.ts';
import { lockPaymentOf, toNanoUsd } from './payment-rows.ts';

type Event = PaymentEventOf<'dispute_opened' | 'dispute_won' | 'dispute_lost'>;

/**
 * A customer's bank takes a payment back. The amount becomes a debt of the organisation, `receivable → cash_clearing`, and
 * not a negative balance; while it owes anything, nothing is leased or held for it. If the dispute is won, the debt is gone;
 * if it is lost, the debt is paid out of the balance, now and with each later top-up.
 */
export async function applyDispute(
  context: EventContext,
  tx: Transaction,
  provider: string,
  event: Event,
): Promise<Applied> {
  const payment = await lockPaymentOf(tx, provider, event);
  // The payment itself may not have been reported yet.
  if (payment === null || payment.status !== 'succeeded') return { state: 'waiting' };
  const { orgId, id: paymentId } = payment;
  const facts = { orgId, paymentId };
  const where = { provider_disputeReference: { provider, disputeReference: event.disputeReference } };
  const known = await tx.paymentDispute.findUnique({ where });
  if (event.kind !== 'dispute_opened') {
    if (known === null) return { ...facts, state: 'waiting' };
    if (known.state === 'open') await close(context, tx, known, event.kind === 'dispute_won');
    return { ...facts, state: 'handled' };
  }
  if (known !== null) return { ...facts, state: 'handled' };
  const amount = toNanoUsd(payment, BigInt(event.money.minorUnits));
  if (event.money.currency !== payment.currency || amount === 0n || amount + payment.disputed > payment.amount) {
    return { ...facts, state: 'quarantined', review: 'amount_mismatch' };
  }
  await openAccount(tx, orgId, 'receivable');
  const { receivableId } = await lockOrganization(tx, orgId, [platformAccounts.cashClearing]);
  const sides = { debitAccount: receivableId, creditAccount: platformAccounts.cashClearing, amountNanoUsd: amount };
  await postTransfers(tx, [{ ...sides, reason: 'dispute', description: 'Payment disputed', reference: paymentId }]);
  const row = { provider, disputeReference: event.disputeReference, paymentId, orgId, amount };
  await tx.paymentDispute.create({ data: { ...row, state: 'open', openedAt: context.clock() } });
  await tx.payment.update({ where: { id: paymentId }, data: { disputed: payment.disputed + amount } });
  await audit(context, tx, row, 'payment_disputed');
  return { ...facts, state: 'handled', review: 'dispute_opened' };
}

interface Dispute {
  provider: string;
  disputeReference: string;
  paymentId: string;
  orgId: string;
  amount: bigint;
}

async function close(context: EventContext, tx: Transaction, dispute: Dispute, isWon: boolean): Promise<void> {
  const { orgId, paymentId, amount: amountNanoUsd, provider, disputeReference } = dispute;
  const { receivableId } = await lockOrganization(tx, orgId, [platformAccounts.cashClearing]);
  const where = { provider_disputeReference: { provider, disputeReference } };
  await tx.paymentDispute.update({ where, data: { state: isWon ? 'won' : 'lost' } });
  if (isWon) {
    const sides = { debitAccount: platformAccounts.cashClearing, creditAccount: receivableId, amountNanoUsd };
    await postTransfers(tx, [{ ...sides, reason: 'dispute_won', description: 'Dispute won', reference: paymentId }]);
    await tx.payment.update({ where: { id: paymentId }, data: { disputed: { decrement: amountNanoUsd } } });
  }
  await collectReceivable(tx, orgId);
  await audit(context, tx, dispute, isWon ? 'dispute_won' : 'dispute_lost');
}

async function audit(
  { clock, events }: EventContext,
  tx: Transaction,
  { orgId, paymentId, amount, disputeReference }: Dispute,
  action: 'payment_disputed' | 'dispute_won' | 'dispute_lost',
): Promise<void> {
  await writeAudit(tx, clock(), installation, {
    ...{ organizationId: orgId, action, subjectType: 'payment', subjectId: paymentId },
    details: { amountNanoUsd: amount.toString(), disputeReference },
  });
  events.paymentDisputed({ paymentId, orgId, amountNanoUsd: amount, action });
}
