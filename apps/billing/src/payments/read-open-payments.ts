import { eachApart } from '../background/each-apart.ts';
import type { Payment } from '../generated/prisma/client.ts';
import { handlePaymentEvent } from './handle-payment-event.ts';
import { openPaymentReview } from './open-payment-review.ts';
import type { PaymentContext } from './payment-desk.ts';

const perStep = 50;
const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
/** A webhook usually comes within seconds. */
const firstReadMs = 10 * minuteMs;
/** The next read waits for a quarter of the payment's age, within these bounds. */
const ageShare = 4;
const pauseMs = { min: 10 * minuteMs, max: dayMs };
/** What is still under way by then has failed for billing; money that comes later is credited all the same. */
const deadlineMs = 30 * dayMs;

/**
 * Asks providers what became of payments whose webhook may be lost: those under way, and pages that are over. Each is asked with
 * growing pauses until a deadline. An answer is handled as the webhook would be, so both together credit once (I7).
 */
export async function readOpenPayments(context: PaymentContext): Promise<void> {
  const { database, events, clock } = context;
  const now = clock();
  const due = await database.$queryRaw<{ id: string; orgId: string }[]>`
    SELECT id, org_id AS "orgId" FROM payment
    WHERE (status = 'open' AND expires_at <= ${now}::timestamptz OR status = 'processing'
        OR status = 'created' AND kind = 'automatic' AND created_at <= ${new Date(now.getTime() - deadlineMs)}::timestamptz)
      AND created_at <= ${new Date(now.getTime() - firstReadMs)}::timestamptz
      AND (next_read_at IS NULL OR next_read_at <= ${now}::timestamptz)
    ORDER BY random() LIMIT ${perStep}`;
  await eachApart(
    due,
    async ({ id }) => readPayment(context, await database.payment.findUniqueOrThrow({ where: { id } })),
    ({ orgId }, error) => events.taskFailed('payments', error, { orgId }),
  );
}

async function readPayment(context: PaymentContext, payment: Payment): Promise<void> {
  const { database, paymentProviders, events, clock } = context;
  const { id, createdAt, paymentReference, checkoutReference } = payment;
  const now = clock();
  const ageMs = now.getTime() - createdAt.getTime();
  const pause = Math.min(pauseMs.max, Math.max(pauseMs.min, ageMs / ageShare));
  // Before the call: one that fails waits too.
  await database.payment.update({ where: { id }, data: { nextReadAt: new Date(now.getTime() + pause) } });
  const provider = paymentProviders.get(payment.provider);
  if (provider !== undefined && (paymentReference !== null || checkoutReference !== null)) {
    const answer = await provider.readPayment({ paymentReference, checkoutReference }).catch((error: unknown) => {
      events.paymentCallFailed({ provider: provider.name, call: 'read', paymentId: id, error });
      return null;
    });
    for (const event of answer ?? []) await handlePaymentEvent(context, provider.name, event);
    if (answer !== null) await database.payment.update({ where: { id }, data: { readAt: now } });
  }
  if (ageMs >= deadlineMs) await giveUp(context, payment, now);
}

async function giveUp(context: PaymentContext, payment: Payment, now: Date): Promise<void> {
  const { id, orgId, provider } = payment;
  const { status } = await context.database.payment.findUniqueOrThrow({ where: { id } });
  if (status === 'succeeded' || status === 'failed' || status === 'expired') return;
  const eventId = `unanswered:${id}`;
  await handlePaymentEvent(context, provider, {
    ...{ eventId, occurredAt: now.toISOString(), kind: 'payment_failed', failureCode: 'no_answer', isFinal: true },
    ...{ paymentId: id, paymentReference: null },
  });
  const review = { reason: 'payment_unanswered', provider, eventId, orgId, paymentId: id } as const;
  await context.database.$transaction((tx) => openPaymentReview(tx, now, review));
}
