import { type AdmissionStore, createAdmissionStore } from '@aggregator/admission';
import { createTenantReader } from '@aggregator/database';
import { createEventLog, type EventConsumer, type EventLog } from '@aggregator/messaging';
import {
  createIdentity,
  createInternalClient,
  createLogger,
  createMetrics,
  createNameDirectory,
  type IdentitySigner,
  type Logger,
  type NameDirectory,
  openTracing,
  requireRedisUrl,
  type Tracing,
} from '@aggregator/service-kit';
import { createAdviceDesk } from './advice/advice-desk.ts';
import { type AdviceSources, createAdviceSources } from './advice/advice-sources.ts';
import { advisor } from './advice/give-advice.ts';
import { startBackground } from './background/start-background.ts';
import type { BillingContext } from './billing-context.ts';
import { type BudgetDirectory, createBudgetDirectory } from './budgets/budget-directory.ts';
import { createBudgetDesk } from './budgets/grant-budgets.ts';
import type { BillingConfig } from './config.ts';
import { openDatabase, type Transaction } from './database/open-database.ts';
import { createBillingEvents } from './events.ts';
import { createFinality } from './finality/finality.ts';
import type { LeaseContext } from './leases/grant-lease.ts';
import { createLeaseDesk } from './leases/lease-desk.ts';
import { reclaimLeases } from './leases/reclaim-leases.ts';
import { createStoreEpoch } from './leases/store-epoch.ts';
import { createLimitDirectory } from './limits/limit-directory.ts';
import { createNoticeDesk, type NoticeDesk } from './notices/notice-desk.ts';
import { createOrganizationDirectory, type OrganizationDirectory } from './organizations/directory.ts';
import { openPaymentProviders } from './payments/open-payment-providers.ts';
import { createAnalyticsHours } from './reconciliation/checks/analytics-hours.ts';

/** Parts that may come from outside; who made a part closes it. */
export interface BillingOverrides {
  admission: AdmissionStore;
  eventLog: EventLog;
  logger: Logger;
  organizations: OrganizationDirectory;
  budgetDirectory: BudgetDirectory;
  names: NameDirectory;
  noticeDesk: NoticeDesk;
  adviceSources: AdviceSources;
  /** Milliseconds; only differences count. */
  now(): number;
  /** The time of people: days, months, expiry. */
  clock(): Date;
  /** Background tasks run so many times as often; for tests. */
  pace: number;
  tracing: Tracing;
}

const authDeadlineMs = 2000;
const analyticsDeadlineMs = 10_000;
const orchestratorDeadlineMs = 5000;

export async function createBillingContext(
  config: BillingConfig,
  overrides: Partial<BillingOverrides> = {},
): Promise<BillingContext> {
  const logger =
    overrides.logger ?? createLogger({ service: 'billing', level: config.logLevel, format: config.logFormat });
  const metrics = createMetrics('billing');
  const events = createBillingEvents(logger, metrics);
  const admission =
    overrides.admission ?? connectAdmission(config, (error) => events.taskFailed('counter_store', error));
  const eventLog = overrides.eventLog ?? createEventLog(config, 'billing');
  const { database, findRows } = openDatabase({
    url: config.databaseUrl,
    connectionsMax: config.databaseConnectionsMax,
    onError: (error) => events.taskFailed('database_connection', error),
  });
  // Loads the client's engine now rather than within the first request; a database that is down is waited for.
  await database.$connect().catch((error: unknown) => events.taskFailed('database_connection', error));
  const { signer, verifier } = createIdentity(config, 'billing');
  const { auth, analytics, orchestrator } = connectPeers(config, signer);
  const now = overrides.now ?? (() => performance.now());
  const organizations = overrides.organizations ?? createOrganizationDirectory(auth, now);
  const leases: LeaseContext = {
    ...{ database, admission, events, config, organizations },
    storeEpoch: createStoreEpoch(database, admission, events),
  };
  const clock = overrides.clock ?? (() => new Date());
  const adviceSources = overrides.adviceSources ?? createAdviceSources(orchestrator, auth);
  let background: EventConsumer | undefined;

  const context: BillingContext = {
    ...leases,
    ...{ config, logger, metrics, eventLog, findRows },
    paymentProviders: openPaymentProviders(config, database),
    readAsTenant: createTenantReader<Transaction>(database, logger),
    clock,
    adviceDesk: createAdviceDesk(advisor({ database, config, clock, adviceSources }), now),
    verifier,
    leaseDesk: createLeaseDesk(leases),
    budgetDesk: createBudgetDesk(leases),
    budgetDirectory: overrides.budgetDirectory ?? createBudgetDirectory(auth),
    limitDirectory: createLimitDirectory(auth),
    names: overrides.names ?? createNameDirectory(auth, now, (error) => events.taskFailed('names', error)),
    noticeDesk: overrides.noticeDesk ?? createNoticeDesk(auth),
    finality: createFinality(database, eventLog),
    readAnalyticsHour: createAnalyticsHours(analytics),
    now,
    tracing: overrides.tracing ?? (await openTracing(config, 'billing')),
    readinessChecks: {
      database: async () => {
        await database.$queryRaw`SELECT 1`;
      },
    },
    async start() {
      background = startBackground(context, overrides.pace);
    },
    async close() {
      await background?.close();
      if (config.reclaimOnClose) await reclaimQuietly(context);
      if (overrides.eventLog === undefined) await eventLog.close();
      if (overrides.admission === undefined) await admission.close();
      await auth.close();
      await analytics.close();
      await orchestrator.close();
      await database.$disconnect();
      if (overrides.tracing === undefined) await context.tracing?.close();
    },
  };
  return context;
}

function connectPeers(config: BillingConfig, signer: IdentitySigner) {
  const { authUrl, analyticsUrl, orchestratorUrl } = config;
  const target = 'provider-orchestrator';
  return {
    auth: createInternalClient({ target: 'auth', baseUrl: authUrl, signer, deadlineMs: authDeadlineMs }),
    analytics: createInternalClient({
      ...{ target: 'analytics', baseUrl: analyticsUrl, signer, deadlineMs: analyticsDeadlineMs },
    }),
    orchestrator: createInternalClient({
      target,
      baseUrl: orchestratorUrl,
      signer,
      deadlineMs: orchestratorDeadlineMs,
    }),
  };
}

/** What cannot be taken back now is stranded, and comes back as stranded money does. */
async function reclaimQuietly({ database, admission, events }: BillingContext): Promise<void> {
  try {
    events.leasesReclaimed(await reclaimLeases(database, admission));
  } catch (error) {
    events.taskFailed('reclaim', error);
  }
}

function connectAdmission(config: BillingConfig, onError: (error: unknown) => void): AdmissionStore {
  const redisUrl = requireRedisUrl(config, 'billing grants credit to the proxies');
  const { redisKeyPrefix: keyPrefix } = config;
  return createAdmissionStore({ redisUrl, keyPrefix, onError });
}
