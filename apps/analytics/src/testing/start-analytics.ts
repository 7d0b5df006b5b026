import { randomBytes } from 'node:crypto';
import { type Principal, principalHeader, type UsageRecorded, usageRecordedTopic } from '@aggregator/contracts';
import { createEmbeddedEventLog, type EventLog } from '@aggregator/messaging';
import {
  createIdentitySigner,
  createInternalKeyring,
  type RunningService,
  startService,
} from '@aggregator/service-kit';
import { createTestDatabase, waitFor } from '@aggregator/testing';
import { type AnalyticsContext, analyticsService } from '../index.ts';
import { orgId, userId } from './usage-event.ts';

const signingKey = randomBytes(32).toString('base64url');

export interface TestAnalytics extends RunningService<AnalyticsContext> {
  readonly eventLog: EventLog;
  /** Publishes events and waits until this many requests are counted in all. */
  record(events: readonly UsageRecorded[], requestsInAll: number): Promise<void>;
  get(path: string, principal?: Partial<Principal>): Promise<Response>;
  send(method: string, path: string, body?: unknown, principal?: Partial<Principal>): Promise<Response>;
}

/** The service on a separate database and event log, with a clock that stands still. `names` are those of auth, by id. */
export async function startAnalytics(
  nowMs: number,
  environment: Record<string, string> = {},
  names: ReadonlyMap<string, string> = new Map(),
): Promise<TestAnalytics> {
  const database = await createTestDatabase({ service: 'analytics' });
  const eventLog = createEmbeddedEventLog({ databaseUrl: database.url, publishDeadlineMs: 10_000, pollIntervalMs: 20 });
  const config = analyticsService.readConfig({
    INTERNAL_SIGNING_KEY: signingKey,
    ANALYTICS_PORT: '0',
    ANALYTICS_DATABASE_URL: database.url,
    LOG_LEVEL: 'error',
    ...environment,
  });
  const service = await startService(analyticsService, config, {
    ...{ eventLog, now: () => nowMs },
    names: { find: async () => (id) => names.get(id) },
  });
  const countRequests = async () => {
    const { _sum } = await service.context.database.usageRollup.aggregate({ _sum: { requests: true } });
    return Number(_sum.requests ?? 0n);
  };
  return {
    ...service,
    eventLog,
    async record(events, requestsInAll) {
      const records = events.map((event) => ({ key: event.orgId, value: JSON.stringify(event) }));
      await eventLog.publish(usageRecordedTopic, records);
      await waitFor(async () => (await countRequests()) === requestsInAll, {
        describe: `${requestsInAll} requests to be counted`,
      });
    },
    get: async (path, principal = {}) => fetch(`${service.url}${path}`, { headers: await asPrincipal(principal) }),
    async send(method, path, body, principal = {}) {
      const headers = { ...(await asPrincipal(principal)), 'content-type': 'application/json' };
      const text = body === undefined ? {} : { body: JSON.stringify(body) };
      return fetch(`${service.url}${path}`, { method, headers, ...text });
    },
    async stop() {
      await service.stop();
      await eventLog.close();
      await database.drop();
    },
  };
}

async function asPrincipal(changes: Partial<Principal>): Promise<Record<string, string>> {
  const signer = createIdentitySigner(createInternalKeyring(signingKey), 'api-gateway');
  const principal: Principal = {
    orgId,
    userId,
    keyId: null,
    scopes: ['usage:read'],
    models: null,
    limits: { requestsPerMinute: null, tokensPerMinute: null, concurrentRequests: null },
    ...changes,
  };
  return { [principalHeader]: await signer.signPrincipal(principal, 'analytics') };
}
