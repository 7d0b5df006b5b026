import type { ChargeOutcome, PaymentProvider } from '@aggregator/payments';
import { createUuidV7 } from '@aggregator/service-kit';
import { eachApart } from '../background/each-apart.ts';
import type { Database, Transaction } from '../database/open-database.ts';
import type { Payment } from '../generated/prisma/client.ts';
import { creditPayment } from '../payments/credit-payment.ts';
import { noticeFailure } from '../payments/notice-failure.ts';
import { answerWithinMs, defaultProvider, type PaymentContext } from '../payments/payment-desk.ts';
import { lockPayment, nanoUsdPerCent, paymentCurrency } from '../payments/payment-rows.ts';
import { noteDecline } from './note-outcome.ts';

const perStep = 50;
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** An automatic charge counts in the limits of a month, and as under way, for so long. */
const underWayMaxMs = 30 * dayMs;

/** Charges saved methods of organisations whose balance is below their threshold. Also asks again for lost answers. */
export async function runAutomaticTopUps(context: PaymentContext): Promise<void> {
  const provider = defaultProvider(context);
  if (provider === undefined) return;
  const { database, events, clock } = context;
  const report = (orgId: string, error: unknown) => events.taskFailed('automatic_top_ups', error, { orgId });
  const unanswered = await database.$queryRaw<{ id: string; orgId: string }[]>`
    SELECT id, org_id AS "orgId" FROM payment
    WHERE kind = 'automatic' AND status = 'created' AND provider = ${provider.name} ORDER BY random() LIMIT ${perStep}`;
  await eachApart(
    unanswered,
    async ({ id }) => charge(context, provider, await database.payment.findUniqueOrThrow({ where: { id } })),
    ({ orgId }, error) => report(orgId, error),
  );
  await eachApart(
    await findDue(database, clock()),
    async (orgId) => {
      const payment = await database.$transaction((tx) => writeIntent(context, tx, provider, orgId));
      if (payment !== null) await charge(context, provider, payment);
    },
    report,
  );
}

/**
 * Organisations whose balance is below their threshold now, that owe nothing and have no automatic charge under way; `orgId`: of this
 * one alone.
 */
async function findDue(database: Database | Transaction, now: Date, orgId: string | null = null): Promise<string[]> {
  const rows = await database.$queryRaw<{ orgId: string }[]>`
    SELECT settings.org_id AS "orgId" FROM automatic_top_up AS settings
    JOIN account ON account.org_id = settings.org_id AND kind IN ('available', 'leased', 'held', 'promotional')
    WHERE state = 'active' AND next_attempt_at <= ${now}::timestamptz
      AND (${orgId}::uuid IS NULL OR settings.org_id = ${orgId}::uuid)
      AND NOT EXISTS (
        SELECT FROM account AS owing WHERE owing.org_id = settings.org_id AND owing.kind = 'receivable' AND owing.balance < 0)
      AND NOT EXISTS (
        SELECT FROM payment WHERE payment.org_id = settings.org_id AND payment.kind = 'automatic'
          AND payment.status IN ('created', 'processing') AND created_at > ${new Date(now.getTime() - underWayMaxMs)}::timestamptz)
    GROUP BY settings.org_id, threshold HAVING sum(balance) < threshold
    ORDER BY random() LIMIT ${perStep}`;
  return rows.map(({ orgId }) => orgId);
}

/**
 * Writes down what will be charged; null if nothing may be: one is under way, a limit is reached, a dispute is open, or money has
 * come since the organisation was found.
 */
async function writeIntent(
  { clock, events }: PaymentContext,
  tx: Transaction,
  provider: PaymentProvider,
  orgId: string,
): Promise<Payment | null> {
  await tx.$queryRaw`SELECT org_id FROM automatic_top_up WHERE org_id = ${orgId}::uuid FOR UPDATE`;
  const settings = await tx.automaticTopUp.findUnique({ where: { orgId } });
  const now = clock();
  if (settings === null || (await findDue(tx, now, orgId)).length === 0) return null;
  const [used] = await tx.$queryRaw<{ day: bigint; month: bigint }[]>`
    SELECT coalesce(sum(amount) FILTER (WHERE created_at > ${new Date(now.getTime() - dayMs)}::timestamptz), 0)::bigint AS day,
      coalesce(sum(amount), 0)::bigint AS month
    FROM payment WHERE org_id = ${orgId}::uuid AND kind = 'automatic' AND status NOT IN ('failed', 'expired')
      AND created_at > ${new Date(now.getTime() - underWayMaxMs)}::timestamptz`;
  if (used === undefined) return null;
  const isBeyond = used.day + settings.amount > settings.dayMax || used.month + settings.amount > settings.monthMax;
  if (isBeyond) {
    events.automaticTopUpLimited({ orgId });
    await tx.automaticTopUp.update({ where: { orgId }, data: { nextAttemptAt: new Date(now.getTime() + hourMs) } });
    return null;
  }
  const id = createUuidV7(now.getTime());
  const money = { currency: paymentCurrency, amount: settings.amount, minorUnits: settings.amount / nanoUsdPerCent };
  const row = { id, orgId, kind: 'automatic', provider: provider.name, ...money, status: 'created' };
  return tx.payment.create({ data: { ...row, idempotencyKey: `automatic:${id}`, createdAt: now } });
}

/** Charges one payment. An answer that is lost leaves it `created`: the next step asks again under the same id. */
async function charge(context: PaymentContext, provider: PaymentProvider, payment: Payment): Promise<void> {
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
