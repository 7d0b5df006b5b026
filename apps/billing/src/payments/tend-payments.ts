import { retryWaiting } from './handle-payment-event.ts';
import type { PaymentContext } from './payment-desk.ts';
import { retryRefunds } from './request-refund.ts';

/** A page that is over; its event may be late, and a payment that arrives after all is credited. */
const expiredAfterMs = 60 * 60_000;

/** What is done for payments once a minute: what waits is tried again, pages that are over are closed, and all is counted. */
export async function tendPayments(context: PaymentContext): Promise<void> {
  const { database, events, clock } = context;
  const waitingEvents = await retryWaiting(context);
  await retryRefunds(context);
  await database.payment.updateMany({
    where: {
      ...{ kind: 'checkout', status: { in: ['created', 'open'] } },
      expiresAt: { lt: new Date(clock().getTime() - expiredAfterMs) },
    },
    data: { status: 'expired' },
  });
  const openReviews = await database.paymentReview.count({ where: { state: 'open' } });
  events.paymentsCounted({ waitingEvents, openReviews });
}
