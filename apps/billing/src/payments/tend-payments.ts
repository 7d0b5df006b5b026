import { readRateAges } from '../exchange-rates/exchange-rates.ts';
import { retryWaiting } from './handle-payment-event.ts';
import type { PaymentContext } from './payment-desk.ts';
import { readOpenPayments } from './read-open-payments.ts';
import { retryRefunds } from './request-refund.ts';

/** A page that is over; its event may be late, and a payment that arrives after all is credited. */
const expiredAfterMs = 60 * 60_000;

/** Has a row if an event, a refund, a payment or a review of payments is open. */
export const openPayments = `
  SELECT FROM payment_event WHERE state = 'waiting'
  UNION ALL SELECT FROM payment_refund WHERE status = 'requested'
  UNION ALL SELECT FROM payment WHERE status IN ('created', 'open', 'processing')
  UNION ALL SELECT FROM payment_review WHERE state = 'open'`;

/**
 * Retries events and refunds that wait, closes pages that are over, and reports the counts and the ages of exchange rates.
 * @param isIdle True if `openPayments` has no row: then only the reports are made.
 */
export async function tendPayments(context: PaymentContext, isIdle = false): Promise<void> {
  const { events } = context;
  const counts = isIdle ? { waitingEvents: 0, openReviews: 0 } : await tendOpen(context);
  events.exchangeRatesAged(await readRateAges(context));
  events.paymentsCounted(counts);
}

async function tendOpen(context: PaymentContext): Promise<{ waitingEvents: number; openReviews: number }> {
  const { database, clock } = context;
  const waitingEvents = await retryWaiting(context);
  await retryRefunds(context);
  await readOpenPayments(context);
  // A page that its provider knows is not over until the provider was asked after that time, since it may take a late payment.
  await database.$executeRaw`
    UPDATE payment SET status = 'expired'
    WHERE kind = 'checkout' AND status IN ('created', 'open')
      AND expires_at < ${new Date(clock().getTime() - expiredAfterMs)}::timestamptz
      AND (read_at >= expires_at + ${expiredAfterMs} * interval '1 millisecond' OR payment_reference IS NULL AND checkout_reference IS NULL)`;
  const openReviews = await database.paymentReview.count({ where: { state: 'open' } });
  return { waitingEvents, openReviews };
}
