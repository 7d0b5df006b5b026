import type { Logger, Metrics } from '@aggregator/service-kit';

/** What happens to payments. Ids go to the log; labels stay few. */
export function createPaymentEvents(logger: Logger, metrics: Metrics) {
  const count = (name: string, help: string, labels: string[] = []) => metrics.counter(`billing_${name}`, help, labels);
  const handled = count('payment_events_total', 'Events of payment providers by what became of them.', ['result']);
  for (const result of ['quarantined', 'reused']) handled.inc({ result }, 0);
  const refused = count('payment_webhooks_refused_total', 'Webhooks that were not signed by the payment provider.');
  const credited = count('payments_credited_nano_usd_total', 'Credited by payment providers, in nano-USD, by kind.', [
    'kind',
  ]);
  const disputed = count('payments_disputed_nano_usd_total', 'Disputed by banks of customers, in nano-USD.');
  const failures = count('payment_calls_failed_total', 'Calls of payment providers that failed, by call.', ['call']);
  const declined = count('automatic_top_ups_declined_total', 'Charges of saved methods that were declined.');
  const waiting = metrics.gauge(
    'billing_payment_events_waiting',
    'Events of payment providers about a payment that is not known or not paid yet.',
  );
  const reviews = metrics.gauge('billing_open_payment_reviews', 'Reviews of payments that wait for a person.');

  return {
    topUpCreated: (facts: { paymentId: string; orgId: string; provider: string; amountNanoUsd: bigint }) =>
      logger.info('top_up_created', facts),
    paymentEventHandled(facts: { provider: string; kind: string; eventId: string; result: string }) {
      handled.inc({ result: facts.result });
      const isFault = facts.result === 'quarantined' || facts.result === 'reused';
      if (isFault) logger.error('payment_event_refused', facts);
      else logger.info('payment_event_handled', facts);
    },
    paymentWebhookRefused(facts: { provider: string; reason: string }) {
      refused.inc();
      logger.warn('payment_webhook_refused', facts);
    },
    paymentCredited(facts: {
      paymentId: string;
      orgId: string;
      provider: string;
      kind: string;
      amountNanoUsd: bigint;
    }) {
      credited.inc({ kind: facts.kind }, Number(facts.amountNanoUsd));
      logger.info('payment_credited', facts);
    },
    paymentDisputed(facts: { paymentId: string; orgId: string; amountNanoUsd: bigint; action: string }) {
      if (facts.action === 'payment_disputed') disputed.inc({}, Number(facts.amountNanoUsd));
      logger.warn('payment_dispute_changed', facts);
    },
    paymentCallFailed(facts: { provider: string; call: string; paymentId: string; error: unknown }) {
      failures.inc({ call: facts.call });
      logger.warn('payment_call_failed', facts);
    },
    automaticTopUpLimited: (facts: { orgId: string }) => logger.warn('automatic_top_up_limited', facts),
    automaticTopUpDeclined(facts: { paymentId: string; orgId: string; code: string }) {
      declined.inc();
      logger.warn('automatic_top_up_declined', facts);
    },
    invoicesIssued(invoices: number) {
      if (invoices > 0) logger.info('invoices_issued', { invoices });
    },
    promotionalCreditsExpired(credits: number) {
      if (credits > 0) logger.info('promotional_credits_expired', { credits });
    },
    paymentsCounted(facts: { waitingEvents: number; openReviews: number }) {
      waiting.set(facts.waitingEvents);
      reviews.set(facts.openReviews);
    },
  };
}

/** Exchange rates that the operator sets by hand. */
export function createRateEvents(metrics: Metrics) {
  const rateAge = metrics.gauge(
    'billing_exchange_rate_age_ratio',
    'Age of the newest exchange rate by currency, as a part of the greatest age; above 1, payments and invoices in it wait.',
    ['currency'],
  );
  return {
    exchangeRatesAged(ages: ReadonlyMap<string, number>) {
      for (const [currency, ratio] of ages) rateAge.set({ currency }, ratio);
    },
  };
}
