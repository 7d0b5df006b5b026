import { randomUUID } from 'node:crypto';
import { AlertWatch, alertRules, readFigures } from '@aggregator/alerts';
import type { Metrics } from '@aggregator/service-kit';
import { type Job, startWorking } from '@aggregator/work-queue';
import type { AnalyticsConfig } from '../config.ts';
import type { Database } from '../database/create-database.ts';
import type { AnalyticsEvents } from '../events.ts';
import { createAlertJobs, deliverAlert } from './alert-jobs.ts';
import type { AlertChannel } from './channels/alert-channel.ts';
import { releaseLease, takeLease } from './lease.ts';
import { createReportReader, type ReportReader } from './read-reports.ts';
import { recordRound } from './record-round.ts';

export interface AlertingParts {
  database: Database;
  config: AnalyticsConfig;
  events: AnalyticsEvents;
  metrics: Metrics;
  channels: readonly AlertChannel[];
  /** Unix milliseconds. */
  now(): number;
  /** In place of the processes of the configuration. */
  reader?: ReportReader;
}

export interface Alerting {
  /** Reads and judges once. Returns false if another process writes alerts. */
  step(): Promise<boolean>;
  stop(): Promise<void>;
}

const intervalMs = 15_000;
const sweepAfterMs = 30 * 86_400_000;

/** Alerts that this installation can have. */
function rulesFor(services: readonly string[]) {
  return alertRules.filter(({ needs }) => needs !== 'operator' || services.includes('provider-operator'));
}

/**
 * Judges the alerts four times a minute, and sends the messages that wait. Every process judges, so that each knows since
 * when a cause holds; the one with the lease writes.
 */
export function startAlerting(parts: AlertingParts): Alerting {
  const alerting = createAlerting(parts);
  const { events } = parts;
  let running: Promise<unknown> = Promise.resolve();
  let isRunning = false;
  const timer = setInterval(() => {
    if (isRunning) return;
    isRunning = true;
    running = alerting
      .step()
      .catch((error: unknown) => events.alertingFailed(error))
      .finally(() => {
        isRunning = false;
      });
  }, intervalMs);
  timer.unref();
  const delivering = startDelivering(parts);
  return {
    step: () => alerting.step(),
    async stop() {
      clearInterval(timer);
      await running;
      await Promise.all([delivering.stop(), alerting.stop()]);
    },
  };
}

/** Judges when it is asked to, and sends nothing by itself. */
export function createAlerting(parts: AlertingParts): Alerting {
  const { database, config, events, metrics, channels, now } = parts;
  const holder = randomUUID();
  const rules = rulesFor(config.alertServices);
  const figures = readFigures(rules);
  const reader = parts.reader ?? createReportReader(config.alertMetricsUrls, (name) => figures.has(name));
  const watch = new AlertWatch(rules);
  const jobs = createAlertJobs(database);
  const waiting = metrics.gauge('analytics_waiting_jobs', 'Jobs that wait or are worked on, by queue.', ['queue']);
  const open = metrics.gauge('analytics_firing_alerts', 'Causes of alerts that hold now.');

  return {
    async step() {
      const { reports, servicesUp } = await reader.read();
      const nowMs = now();
      const result = watch.judge({ nowMs, reports, services: config.alertServices, servicesUp });
      open.set(result.due.length);
      if (watch.leftOut > 0) events.alertFiguresLeftOut(watch.leftOut);
      waiting.set({ queue: 'alert' }, (await jobs.readDepth()).waiting);
      if (!(await takeLease(database, holder))) return false;
      const round = { now: new Date(nowMs), rules, result, channels: channels.map(({ name }) => name) };
      events.alertsRecorded(await recordRound(database, { ...round, runbookBaseUrl: config.alertRunbookBaseUrl }));
      await jobs.sweep({ done: new Date(nowMs - sweepAfterMs), dead: new Date(nowMs - sweepAfterMs) });
      return true;
    },
    async stop() {
      await reader.close();
      await releaseLease(database, holder);
    },
  };
}

function startDelivering({ database, events, channels, now }: AlertingParts): { stop(): Promise<void> } {
  return startWorking({
    queue: createAlertJobs(database),
    handle: (job: Job) => deliverAlert(channels, events, new Date(now()), job),
    ...{ concurrencyMax: 8, perTenantMax: 2, now: () => new Date(now()) },
    onError: (error) => events.alertingFailed(error),
  });
}
