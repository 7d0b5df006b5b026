import { createTenantReader, type ReadAsTenant } from '@aggregator/database';
import { createEventLog, type EventConsumer, type EventLog } from '@aggregator/messaging';
import {
  createIdentity,
  createInternalClient,
  createLogger,
  createMetrics,
  createNameDirectory,
  type IdentityVerifier,
  type NameDirectory,
  type ServiceContext,
} from '@aggregator/service-kit';
import type { AlertChannel } from './alerts/channels/alert-channel.ts';
import { openChannels } from './alerts/channels/open-channels.ts';
import { type Alerting, startAlerting } from './alerts/start-alerting.ts';
import type { AnalyticsConfig } from './config.ts';
import { subscribeWhenUp } from './consumers/subscribe-when-up.ts';
import { consumeUsageRecorded } from './consumers/usage-recorded.ts';
import { createDatabase, type Database, type Transaction } from './database/create-database.ts';
import { type AnalyticsEvents, createAnalyticsEvents } from './events.ts';
import { startSweeping } from './quality/sweep-minutes.ts';

export interface AnalyticsOverrides {
  eventLog: EventLog;
  /** Unix milliseconds. */
  now(): number;
  names: NameDirectory;
}

const authDeadlineMs = 1000;

export interface AnalyticsContext extends ServiceContext {
  readonly verifier: IdentityVerifier;
  readonly events: AnalyticsEvents;
  readonly database: Database;
  readonly config: AnalyticsConfig;
  readonly names: NameDirectory;
  /** For reads of one organisation. */
  readonly readAsTenant: ReadAsTenant<Transaction>;
  /** Where alerts are sent. */
  readonly channels: readonly AlertChannel[];
  now(): number;
}

export async function createAnalyticsContext(
  config: AnalyticsConfig,
  overrides: Partial<AnalyticsOverrides> = {},
): Promise<AnalyticsContext> {
  const logger = createLogger({ service: 'analytics', level: config.logLevel, format: config.logFormat });
  const metrics = createMetrics('analytics');
  const events = createAnalyticsEvents(logger, metrics);
  const eventLog = overrides.eventLog ?? createEventLog(config, 'analytics');
  const database = createDatabase({
    url: config.databaseUrl,
    connectionsMax: config.databaseConnectionsMax,
    onError: (error) => logger.warn('database_connection_failed', { error }),
  });
  const channels = openChannels(config, logger);
  const now = overrides.now ?? Date.now;
  const { signer, verifier } = createIdentity(config, 'analytics');
  const auth = createInternalClient({ target: 'auth', baseUrl: config.authUrl, signer, deadlineMs: authDeadlineMs });
  const onNamesError = (error: unknown) => logger.warn('names_not_read', { error });
  let consumer: EventConsumer | null = null;
  let alerting: Alerting | null = null;
  let sweeping: { stop(): void } | null = null;

  return {
    logger,
    metrics,
    verifier,
    events,
    database,
    config,
    channels: channels.all,
    readAsTenant: createTenantReader<Transaction>(database, logger),
    names: overrides.names ?? createNameDirectory(auth, () => performance.now(), onNamesError),
    now,
    readinessChecks: {
      async database() {
        await database.$queryRaw`SELECT 1`;
      },
    },
    async start() {
      if (config.alertMetricsUrls.length > 0) {
        alerting = startAlerting({ database, config, events, metrics, channels: channels.all, now });
      }
      sweeping = startSweeping(database, now, (error) => logger.warn('minute_sweep_failed', { error }));
      consumer = subscribeWhenUp(() => consumeUsageRecorded(eventLog, database, events), events.consumerFailed);
    },
    async close() {
      sweeping?.stop();
      await alerting?.stop();
      await channels.close();
      await consumer?.close();
      if (overrides.eventLog === undefined) await eventLog.close();
      await auth.close();
      await database.$disconnect();
    },
  };
}
