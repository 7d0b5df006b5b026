import { createHash } from 'node:crypto';
import { type PaymentEvent, paymentEvent } from '@aggregator/payments';
import { eachApart } from '../background/each-apart.ts';
import type { Transaction } from '../database/open-database.ts';
import { applyDispute } from './apply-dispute.ts';
import { applyMethod } from './apply-method.ts';
import { applyPayment } from './apply-payment.ts';
import { applyRefund } from './apply-refund.ts';
import type { Applied, EventContext, PaymentEventResult } from './event-context.ts';
import { openPaymentReview } from './open-payment-review.ts';

/**
 * Handles an event of a provider once (I7): its inbox row, the money and the review are committed together. The same id with
 * another body is refused and reviewed. Events may come in any order; what waited for this one is handled after it.
 */
export async function handlePaymentEvent(
  context: EventContext,
  provider: string,
  event: PaymentEvent,
): Promise<PaymentEventResult> {
  const result = await context.database.$transaction((tx) => claimAndApply(context, tx, provider, event));
  context.events.paymentEventHandled({ provider, kind: event.kind, eventId: event.eventId, result });
  if (result === 'handled' && 'paymentReference' in event && event.paymentReference !== null) {
    await retryWaiting(context, { provider, paymentReference: event.paymentReference });
  }
  return result;
}

async function claimAndApply(
  context: EventContext,
  tx: Transaction,
  provider: string,
  event: PaymentEvent,
): Promise<PaymentEventResult> {
  const now = context.clock();
  const { eventId } = event;
  const body = JSON.stringify(event);
  const bodyHash = createHash('sha256').update(body).digest('hex');
  const paymentReference = 'paymentReference' in event ? event.paymentReference : null;
  const claimed = await tx.$executeRaw`
    INSERT INTO payment_event (provider, event_id, body_hash, body, state, payment_reference, received_at)
    VALUES (${provider}, ${eventId}, decode(${bodyHash}, 'hex'), ${body}::jsonb, 'waiting', ${paymentReference},
      ${now}::timestamptz)
    ON CONFLICT (provider, event_id) DO NOTHING`;
  if (claimed === 1) return applyClaimed(context, tx, provider, event);
  const [known] = await tx.$queryRaw<{ isSame: boolean }[]>`
    SELECT body_hash = decode(${bodyHash}, 'hex') AS "isSame" FROM payment_event
    WHERE provider = ${provider} AND event_id = ${eventId}`;
  if (known?.isSame === true) return 'duplicate';
  await openPaymentReview(tx, now, { reason: 'event_id_reused', provider, eventId, orgId: null, paymentId: null });
  return 'reused';
}

async function applyClaimed(
  context: EventContext,
  tx: Transaction,
  provider: string,
  event: PaymentEvent,
): Promise<Applied['state']> {
  const now = context.clock();
  const { state, review, orgId = null, paymentId = null } = await apply(context, tx, provider, event);
  if (review !== undefined) {
    await openPaymentReview(tx, now, { reason: review, provider, eventId: event.eventId, orgId, paymentId });
  }
  if (state !== 'waiting') {
    await tx.$executeRaw`
      UPDATE payment_event SET state = ${state}, handled_at = ${now}::timestamptz
      WHERE provider = ${provider} AND event_id = ${event.eventId}`;
  }
  return state;
}

async function apply(context: EventContext, tx: Transaction, provider: string, event: PaymentEvent): Promise<Applied> {
  switch (event.kind) {
    case 'payment_succeeded':
    case 'payment_processing':
    case 'payment_failed':
    case 'payment_expired':
      return applyPayment(context, tx, provider, event);
    case 'refund_changed':
      return applyRefund(context, tx, provider, event);
    case 'dispute_opened':
    case 'dispute_won':
    case 'dispute_lost':
      return applyDispute(context, tx, provider, event);
    case 'method_saved':
    case 'method_removed':
      return applyMethod(tx, provider, event);
    case 'other':
      return { state: 'handled' };
  }
}

const waitingMax = 100;

/**
 * Tries waiting events again: those of one payment, or of all. They are taken in a random order, since some may wait for ever. Returns
 * how many still wait.
 */
export async function retryWaiting(
  context: EventContext,
  of?: { provider: string; paymentReference: string },
): Promise<number> {
  const { database, events } = context;
  const { provider = null, paymentReference = null } = of ?? {};
  const rows = await database.$queryRaw<{ provider: string; eventId: string }[]>`
    SELECT provider, event_id AS "eventId" FROM payment_event
    WHERE state = 'waiting' AND (${provider}::text IS NULL OR provider = ${provider})
      AND (${paymentReference}::text IS NULL OR payment_reference = ${paymentReference})
    ORDER BY random() LIMIT ${waitingMax}`;
  const retry = ({ provider, eventId }: (typeof rows)[number]) =>
    database.$transaction(async (tx) => {
      const [row] = await tx.$queryRaw<{ body: unknown }[]>`
        SELECT body FROM payment_event
        WHERE provider = ${provider} AND event_id = ${eventId} AND state = 'waiting' FOR UPDATE`;
      if (row !== undefined) await applyClaimed(context, tx, provider, paymentEvent.parse(row.body));
    });
  await eachApart(rows, retry, ({ eventId }, error) => events.taskFailed('payment_events', error, { eventId }));
  return database.paymentEvent.count({ where: { state: 'waiting', ...of } });
}
