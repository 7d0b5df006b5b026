import type { ChargeOutcome, PaymentProvider } from '@aggregator/payments';
import { createUuidV7 } from '@aggregator/service-kit';
import type { Transaction } from '../database/open-database.ts';
import { nanoUsdPerCent, type RateAge, toProviderMoney } from '../exchange-rates/exchange-rates.ts';
import type { Payment } from '../generated/prisma/client.ts';
import { lockOrganization } from '../ledger/accounts.ts';
import { creditPayment } from '../payments/credit-payment.ts';
import { noticeFailure } from '../payments/notice-failure.ts';
import { answerWithinMs, defaultProvider, type PaymentContext } from '../payments/payment-desk.ts';
import { lockPayment } from '../payments/payment-rows.ts';
import { noteDecline } from './note-outcome.ts';

/** Writes down what will be charged to a saved method, before the provider is asked. */
export async function writeCharge(
  context: RateAge,
  tx: Transaction,
  provider: PaymentProvider,
  orgId: string,
  { amount, idempotencyKey }: { amount: bigint; idempotencyKey?: string },
): Promise<Payment> {
  const now = context.clock();
  const id = createUuidV7(now.getTime());
  const money = { ...(await toProviderMoney(context, tx, provider.currency, amount)), amount };
  const row = { id, orgId, kind: 'automatic', provider: provider.name, ...money, status: 'created' };
  return tx.payment.create({ data: { ...row, idempotencyKey: idempotencyKey ?? `automatic:${id}`, createdAt: now } });
}

/**
 * Charges the saved method for what a balance lacks of a fee, at least the least top-up, once for each key. Does nothing without
 * a saved method, while another automatic charge is under way, or if the organisation owes anything.
 */
export async function chargeSavedMethod(
  context: PaymentContext,
  orgId: string,
  feeNanoUsd: bigint,
  idempotencyKey: string,
): Promise<void> {
  const { database, config } = context;
  const provider = defaultProvider(context);
  if (provider === undefined) return;
  const payment = await database.$transaction(async (tx) => {
    const { available, receivable } = await lockOrganization(tx, orgId);
    const where = { orgId_provider: { orgId, provider: provider.name } };
    const customer = await tx.paymentCustomer.findUnique({ where });
    const underWay = await tx.payment.count({
      where: { orgId, OR: [{ kind: 'automatic', status: { in: ['created', 'processing'] } }, { idempotencyKey }] },
    });
    const lacking = feeNanoUsd - available;
    if (customer?.methodReference == null || underWay > 0 || receivable < 0n || lacking <= 0n) return null;
    const cents = (lacking + nanoUsdPerCent - 1n) / nanoUsdPerCent;
    const wanted = cents * nanoUsdPerCent;
    const amount = wanted < config.topUpMinNanoUsd ? config.topUpMinNanoUsd : wanted;
    return writeCharge(context, tx, provider, orgId, { amount, idempotencyKey });
  });
  if (payment !== null) await sendCharge(context, provider, payment);
}

/** Charges one payment. An answer that is lost leaves it `created`: the next step asks again under the same id. */
export async function sendCharge(context: PaymentContext, provider: PaymentProvider, payment: Payment): Promise<void> {
  const { database, events, clock } = context;
  const { id: paymentId, orgId } = payment;
  const where = { orgId_provider: { orgId, provider: provider.name } };
  const customer = await database.paymentCustomer.findUnique({ where });
  const isLate = clock().getTime() - payment.createdAt.getTime() > answerWithinMs;
  let outcome: ChargeOutcome;
  if (customer === null || customer.methodReference === null || isLate) {
    outcome = { status: 'declined', code: isLate ? 'no_answer' : 'no_saved_method', paymentReference: null };
  } else {
    try {
      outcome = await provider.chargeSaved({
        ...{ paymentId, customerReference: customer.customerReference, methodReference: customer.methodReference },
        money: { minorUnits: payment.minorUnits.toString(), currency: payment.currency },
        description: 'Automatic top-up',
      });
    } catch (error) {
      events.paymentCallFailed({ provider: provider.name, call: 'charge', paymentId, error });
      return;
    }
  }
  await database.$transaction((tx) => note(context, tx, paymentId, outcome));
  if (outcome.status === 'declined') events.automaticTopUpDeclined({ paymentId, orgId, code: outcome.code });
}

async function note(context: PaymentContext, tx: Transaction, id: string, outcome: ChargeOutcome): Promise<void> {
  const payment = await lockPayment(tx, id);
  // Its event was faster.
  if (payment === null || payment.status !== 'created') return;
  const { paymentReference } = outcome;
  if (outcome.status === 'succeeded') return creditPayment(context, tx, payment, paymentReference);
  const status = outcome.status === 'processing' ? 'processing' : 'failed';
  const failureCode = outcome.status === 'declined' ? outcome.code : null;
  await tx.payment.update({ where: { id }, data: { status, failureCode, paymentReference } });
  if (outcome.status !== 'declined') return;
  await noticeFailure(tx, context.clock(), payment, outcome.code);
  await noteDecline(tx, payment.orgId, context.clock());
}
