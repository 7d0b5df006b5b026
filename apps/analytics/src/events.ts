import type { Logger, Metrics } from '@aggregator/service-kit';

export interface AlertAttempt {
  channel: string;
  rule: string;
  state: string;
  messageId: string;
  attempt: number;
}

/** What became of usage events. */
export interface UsageEvents {
  /** A batch of usage events is in the rollups. */
  usageAdded(counts: { added: number; duplicates: number }): void;
  /** An event can never be counted; it goes to the dead-letter topic. */
  usageRejected(facts: { partition: number; offset: string; reason: string }): void;
  /** A batch could not be written for now, or the event log was lost; it comes again. */
  consumerFailed(error: unknown): void;
}

/** What happened in analytics, each once: counter and log. */
export interface AnalyticsEvents extends UsageEvents {
  /** Alerts that began and ended in a round. */
  alertsRecorded(counts: { fired: number; cleared: number }): void;
  alertSent(facts: AlertAttempt): void;
  /** An attempt to send failed. `isLast`: the message is given up. `reason` holds no address. */
  alertFailed(facts: AlertAttempt & { reason: string; isLast: boolean }): void;
  /** Figures that found no room: alerts on them cannot fire. */
  alertFiguresLeftOut(count: number): void;
  /** A round could not be judged or written; the next one is. */
  alertingFailed(error: unknown): void;
}

export function createAnalyticsEvents(logger: Logger, metrics: Metrics): AnalyticsEvents {
  const counted = metrics.counter('analytics_usage_events_total', 'Usage events by what became of them.', ['result']);
  // An alert on a growing figure sees its first step only where the figure was there before.
  counted.inc({ result: 'rejected' }, 0);
  const sent = metrics.counter('analytics_alert_messages_total', 'Attempts to send alerts, by channel and result.', [
    ...(['channel', 'result'] as const),
  ]);
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
    alertsRecorded({ fired, cleared }) {
      if (fired > 0 || cleared > 0) logger.warn('alerts_recorded', { fired, cleared });
    },
    alertSent(facts) {
      sent.inc({ channel: facts.channel, result: 'sent' });
      logger.info('alert_sent', { ...facts });
    },
    alertFailed(facts) {
      sent.inc({ channel: facts.channel, result: facts.isLast ? 'given_up' : 'failed' });
      logger.warn('alert_failed', { ...facts });
    },
    alertFiguresLeftOut: (count) => logger.warn('alert_figures_left_out', { count }),
    alertingFailed: (error) => logger.error('alerting_failed', { error }),
  };
}
