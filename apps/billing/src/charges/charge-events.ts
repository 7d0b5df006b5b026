import type { Logger, Metrics } from '@aggregator/service-kit';
import type { CorrectionAllotment } from '../corrections/allot-correction.ts';
import type { UsageCorrection } from '../corrections/usage-correction.ts';
import type { PostChargesAnswer } from '../ledger/post-charges.ts';
import type { OpenedReview } from '../reviews/open-reviews.ts';

/** Charges and corrections: what became of events of usage. */
export function createChargeEvents(logger: Logger, metrics: Metrics) {
  const counters = createChargeCounters(metrics);
  const reviewsOpened = (opened: readonly OpenedReview[]) => {
    for (const { charge, differenceNanoUsd } of opened) {
      counters.reviews.inc();
      counters.excess.inc({}, Number(differenceNanoUsd));
      const { requestId, orgId, provider, model } = charge.event;
      logger.error('usage_inconsistent', { requestId, orgId, provider, model, differenceNanoUsd });
    }
  };
  const chargesPosted = (answer: PostChargesAnswer) => {
    counters.handled.inc({ result: 'charged' }, answer.posted.length);
    counters.handled.inc({ result: 'free' }, answer.free.length);
    counters.handled.inc({ result: 'duplicate' }, answer.duplicates.length);
    for (const { charge, allotment } of answer.posted) {
      counters.charged.inc({}, Number(charge.amountNanoUsd));
      if (allotment.fromPlatformLoss === 0n) continue;
      counters.lost.inc({}, Number(allotment.fromPlatformLoss));
      const { requestId, orgId } = charge.event;
      logger.error('charge_exceeded_credit', { requestId, orgId, lossNanoUsd: allotment.fromPlatformLoss });
    }
    reviewsOpened(answer.reviews);
  };

  return {
    chargesPosted,
    correctionHandled(
      { event, amounts }: UsageCorrection,
      answer: { result: string; allotment?: CorrectionAllotment; reviews?: readonly OpenedReview[] },
    ) {
      const { result, allotment } = answer;
      reviewsOpened(answer.reviews ?? []);
      counters.corrections.inc({ result });
      if (allotment === undefined) return;
      counters.corrected.inc({ way: 'charged' }, Number(allotment.fromAvailable));
      counters.corrected.inc({ way: 'returned' }, Number(allotment.toAvailable));
      counters.corrected.inc({ way: 'platform_loss' }, Number(allotment.fromPlatformLoss));
      counters.lost.inc({}, Number(allotment.fromPlatformLoss));
      const { requestId, orgId } = event;
      logger.info('estimate_corrected', { requestId, orgId, differenceNanoUsd: amounts.differenceNanoUsd });
    },
    eventQuarantined(facts: { eventId: string; reason: string }) {
      counters.handled.inc({ result: 'quarantined' });
      logger.error('usage_event_quarantined', facts);
    },
    batchReplayed: (facts: { events: number; error: unknown }) => logger.warn('usage_batch_replayed', facts),
  };
}

function createChargeCounters(metrics: Metrics) {
  const count = (name: string, help: string, labels: string[] = []) => metrics.counter(`billing_${name}`, help, labels);
  const handled = count('usage_events_total', 'Events of usage by what became of them.', ['result']);
  // An alert on a growing figure sees its first step only where the figure was there before.
  for (const result of ['charged', 'quarantined']) handled.inc({ result }, 0);
  return {
    handled,
    charged: count('charged_nano_usd_total', 'Charged to organisations and the platform, in nano-USD (rounded).'),
    lost: count('platform_loss_nano_usd_total', 'Charged beyond all credit, borne by the platform, in nano-USD.'),
    reviews: count('usage_reviews_total', 'Charges whose provider reported usage outside the bounds of the request.'),
    excess: count(
      'provider_excess_nano_usd_total',
      'What providers reported beyond the bounds, on the platform loss and not charged, in nano-USD.',
    ),
    corrections: count('corrections_total', 'Corrections of estimates by what became of them.', ['result']),
    corrected: count('corrected_nano_usd_total', 'Moved by corrections of estimates, in nano-USD, by way.', ['way']),
  };
}
