import { AppError, type CreateTopUpRequest, type TopUp } from '@aggregator/contracts';
import { type PaymentProvider, PaymentRefused } from '@aggregator/payments';
import { parseNanoUsd } from '@aggregator/pricing';
import { createUuidV7 } from '@aggregator/service-kit';
import { type Actor, writeAudit } from '../audit/write-audit.ts';
import { nanoUsdPerCent, toProviderMoney } from '../exchange-rates/exchange-rates.ts';
import type { Payment } from '../generated/prisma/client.ts';
import { lockOrganization } from '../ledger/accounts.ts';
import { openAccounts } from '../ledger/open-accounts.ts';
import { confirmedBefore } from '../organizations/directory.ts';
import { defaultProvider, type PaymentContext } from './payment-desk.ts';
import { toTopUp } from './payment-rows.ts';

/** Pages of one organisation that wait for a customer. */
const openMax = 20;
/** How long a page waits. Stripe allows 30 minutes to 24 hours. */
const pageLifeMs = 60 * 60_000;

/**
 * Writes down what the customer wants to pay, then opens a page of the provider for it. The same key again returns the same
 * top-up, and opens its page if that failed before.
 * @throws {AppError} `service_unavailable` without a provider, or if it does not answer; `invalid_amount`; `conflict` for a key
 *   that was used for another amount; `rate_limit_exceeded` with too many open pages.
 */
export async function createTopUp(
  context: PaymentContext,
  orgId: string,
  request: CreateTopUpRequest,
  actor: Actor,
): Promise<{ topUp: TopUp; isNew: boolean }> {
  const provider = defaultProvider(context);
  if (provider === undefined) {
    throw new AppError('service_unavailable', {
      message: 'This installation takes no payments. Contact the operator.',
    });
  }
  const amount = parseNanoUsd(request.amountNanoUsd);
  const { topUpMinNanoUsd: min, topUpMaxNanoUsd: max, signUpCreditNanoUsd } = context.config;
  if (amount < min || amount > max || amount % nanoUsdPerCent !== 0n) {
    const message = `The amount must be a whole number of cents, from ${min} to ${max} nano-USD.`;
    throw new AppError('invalid_amount', { param: 'amountNanoUsd', message });
  }
  await openAccounts(context.database, orgId, { signUpCreditNanoUsd, organizations: confirmedBefore });
  const { payment, isNew } = await writeIntent(context, provider, orgId, amount, request, actor);
  const opened = payment.status === 'created' ? await openPage(context, provider, payment) : payment;
  if (isNew)
    context.events.topUpCreated({ paymentId: payment.id, orgId, provider: provider.name, amountNanoUsd: amount });
  return { topUp: toTopUp(opened), isNew };
}

async function writeIntent(
  context: PaymentContext,
  provider: PaymentProvider,
  orgId: string,
  amount: bigint,
  { idempotencyKey, saveMethod }: CreateTopUpRequest,
  actor: Actor,
): Promise<{ payment: Payment; isNew: boolean }> {
  const { database, clock } = context;
  return database.$transaction(async (tx) => {
    // The lock makes twins wait for one another; the second finds what the first has written.
    await lockOrganization(tx, orgId);
    const before = await tx.payment.findUnique({ where: { orgId_idempotencyKey: { orgId, idempotencyKey } } });
    if (before !== null) {
      if (before.amount === amount && before.savesMethod === saveMethod) return { payment: before, isNew: false };
      throw new AppError('conflict', { message: 'This idempotencyKey was used for another top-up.' });
    }
    const now = clock();
    const open = await tx.payment.count({
      where: { orgId, status: { in: ['created', 'open'] }, createdAt: { gt: new Date(now.getTime() - pageLifeMs) } },
    });
    if (open >= openMax) {
      const message = 'Too many top-ups wait to be paid. Pay one of them, or wait until one has expired.';
      throw new AppError('rate_limit_exceeded', { message, retryAfterMs: 60_000 });
    }
    const id = createUuidV7(now.getTime());
    const money = { ...(await toProviderMoney(context, tx, provider.currency, amount)), amount };
    const payment = await tx.payment.create({
      data: {
        ...{
          id,
          orgId,
          kind: 'checkout',
          provider: provider.name,
          ...money,
          status: 'created',
          savesMethod: saveMethod,
        },
        ...{
          actorUserId: actor.userId,
          idempotencyKey,
          createdAt: now,
          expiresAt: new Date(now.getTime() + pageLifeMs),
        },
      },
    });
    await writeAudit(tx, now, actor, {
      ...{ organizationId: orgId, action: 'top_up_created', subjectType: 'payment', subjectId: id },
      details: { amountNanoUsd: amount.toString(), provider: provider.name },
    });
    return { payment, isNew: true };
  });
}

async function openPage(context: PaymentContext, provider: PaymentProvider, payment: Payment): Promise<Payment> {
  const { database, events, config, clock } = context;
  const { id, orgId, savesMethod } = payment;
  const start = config.publicUrl.replace(/\/$/, '');
  try {
    const checkout = await provider.openCheckout({
      ...{ paymentId: id, savesMethod, description: 'Balance top-up' },
      customerReference: await findCustomer(context, provider, orgId),
      money: { minorUnits: payment.minorUnits.toString(), currency: payment.currency },
      ...{ doneUrl: `${start}/billing?topUp=${id}`, cancelUrl: `${start}/billing?topUp=${id}&cancelled=1` },
      expiresAt: payment.expiresAt ?? new Date(clock().getTime() + pageLifeMs),
    });
    // Its events may have been faster: only a payment that no event has reported becomes open.
    await database.payment.updateMany({
      where: { id, status: 'created' },
      data: {
        ...{ status: 'open', checkoutUrl: checkout.url, expiresAt: checkout.expiresAt },
        checkoutReference: checkout.reference,
        // Before the customer is sent there: a webhook about an id that no row knows is dropped.
        ...(checkout.paymentReference !== null && { paymentReference: checkout.paymentReference }),
      },
    });
  } catch (error) {
    events.paymentCallFailed({ provider: provider.name, call: 'checkout', paymentId: id, error });
    if (error instanceof PaymentRefused) {
      await database.payment.updateMany({
        where: { id, status: 'created' },
        data: { status: 'failed', failureCode: error.code },
      });
    } else {
      const message =
        'The payment provider does not answer. Nothing was charged. Try again with the same idempotencyKey.';
      throw new AppError('service_unavailable', { message, cause: error, retryAfterMs: 5000 });
    }
  }
  return database.payment.findUniqueOrThrow({ where: { id } });
}

/** The organisation's customer at the provider, made if it has none. */
async function findCustomer({ database }: PaymentContext, provider: PaymentProvider, orgId: string): Promise<string> {
  const where = { orgId_provider: { orgId, provider: provider.name } };
  const known = await database.paymentCustomer.findUnique({ where });
  if (known !== null) return known.customerReference;
  const customerReference = await provider.createCustomer(orgId);
  await database.$executeRaw`
    INSERT INTO payment_customer (org_id, provider, customer_reference)
    VALUES (${orgId}::uuid, ${provider.name}, ${customerReference}) ON CONFLICT DO NOTHING`;
  return customerReference;
}
