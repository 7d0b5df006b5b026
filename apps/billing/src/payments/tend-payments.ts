import { readRateAges } from '../exchange-rates/exchange-rates.ts';
import { retryWaiting } from './handle-payment-event.ts';
import type { PaymentContext } from './payment-desk.ts';
import { readOpenPayments } from './read-open-payments.ts';
import { retryRefunds } from './request-refund.ts';

/** A page that is over; its event may be late, and a payment that arrives after all is credited. */
const expiredAfterMs = 60 * 60_000;

/** What is done for payments once a minute: what waits is tried again, pages that are over are closed, and all is counted. */
export async function tendPayments(context: PaymentContext): Promise<void> {
  const { database, events, clock } = context;
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
  events.exchangeRatesAged(await readRateAges(context));
  events.paymentsCounted({ waitingEvents, openReviews });
}
