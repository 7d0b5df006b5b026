import type { Logger, Metrics } from '@aggregator/service-kit';

/** What happened in analytics, each once: counter and log. */
export interface AnalyticsEvents {
  /** A batch of usage events is in the rollups. */
  usageAdded(counts: { added: number; duplicates: number }): void;
  /** An event can never be counted; it goes to the dead-letter topic. */
  usageRejected(facts: { partition: number; offset: string; reason: string }): void;
  /** A batch could not be written for now, or the event log was lost; it comes again. */
  consumerFailed(error: unknown): void;
}

export function createAnalyticsEvents(logger: Logger, metrics: Metrics): AnalyticsEvents {
  const counted = metrics.counter('analytics_usage_events_total', 'Usage events by what became of them.', ['result']);
  // An alert on a growing figure sees its first step only where the figure was there before.
  counted.inc({ result: 'rejected' }, 0);
  return {
    usageAdded({ added, duplicates }) {
      counted.inc({ result: 'added' }, added);
      counted.inc({ result: 'duplicate' }, duplicates);
      logger.debug('usage_added', { added, duplicates });
    },
    usageRejected(facts) {
      counted.inc({ result: 'rejected' });
      logger.error('usage_rejected', facts);
    },
    consumerFailed: (error) => logger.error('usage_consumer_failed', { error }),
  };
}
