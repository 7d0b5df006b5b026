import { randomBytes } from 'node:crypto';
import { type AdmissionStore, createMemoryAdmissionStore } from '@aggregator/admission';
import { type Principal, peerHeader, principalHeader, type Scope, type ServiceName } from '@aggregator/contracts';
import { createEmbeddedEventLog, type EventLog } from '@aggregator/messaging';
import { createIdentitySigner, createInternalKeyring, type Logger, startService } from '@aggregator/service-kit';
import { createTestDatabase } from '@aggregator/testing';
import { type BillingContext, type BillingOverrides, billingService } from '../index.ts';

export interface Answer {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: what a test looks into is what it checks.
  body: any;
}

export interface RunningBilling {
  url: string;
  databaseUrl: string;
  context: BillingContext;
  admission: AdmissionStore;
  eventLog: EventLog;
  /** Organisations that auth does not know. */
  unknown: Set<string>;
  /** As the gateway forwards it for a principal. */
  ask(
    method: string,
    path: string,
    as: Partial<Principal> & { orgId: string },
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer>;
  /** As a peer asks. A text is sent as it is. */
  askAsPeer(
    method: string,
    path: string,
    peer: ServiceName,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer>;
  stop(): Promise<void>;
}

const silent: Logger = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** Billing as it runs: its port open, its consumer on an embedded event log, an in-process counter store. */
export async function startBilling(
  environment: Record<string, string> = {},
  overrides: Partial<BillingOverrides> = {},
): Promise<RunningBilling> {
  const database = await createTestDatabase({ service: 'billing' });
  const events = await createTestDatabase({ isEmpty: true });
  const admission = createMemoryAdmissionStore();
  const eventLog = createEmbeddedEventLog({ databaseUrl: events.url, publishDeadlineMs: 5000, pollIntervalMs: 20 });
  const seed = randomBytes(32).toString('base64url');
  const config = billingService.readConfig({
    INTERNAL_SIGNING_KEY: seed,
    BILLING_DATABASE_URL: database.url,
    BILLING_PORT: '0',
    SHUTDOWN_GRACE_MS: '1000',
    ...environment,
  });
  const unknown = new Set<string>();
  const organizations = { confirm: async (orgId: string) => !unknown.has(orgId) };
  const names = { find: async () => () => undefined };
  const parts = { admission, eventLog, organizations, names, logger: silent, ...overrides };
  const service = await startService(billingService, config, parts);
  const keyring = createInternalKeyring(seed);
  const gateway = createIdentitySigner(keyring, 'api-gateway');

  const send = async (
    method: string,
    path: string,
    headers: Record<string, string>,
    body: unknown,
  ): Promise<Answer> => {
    const answer = await fetch(`${service.url}${path}`, {
      method,
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: text === '' ? null : JSON.parse(text) };
  };

  return {
    ...{ url: service.url, databaseUrl: database.url, context: service.context, admission, eventLog, unknown },
    async ask(method, path, as, body, headers = {}) {
      const principal: Principal = {
        userId: '0190a000-0000-7000-8000-00000000000a',
        keyId: null,
        scopes: ['billing:read'] satisfies Scope[],
        models: null,
        limits: { requestsPerMinute: null, tokensPerMinute: null, concurrentRequests: null },
        ...as,
      };
      const token = await gateway.signPrincipal(principal, 'billing');
      return send(method, path, { ...headers, [principalHeader]: token }, body);
    },
    async askAsPeer(method, path, peer, body, headers = {}) {
      const token = await createIdentitySigner(keyring, peer).signPeer('billing');
      return send(method, path, { ...headers, [peerHeader]: token }, body);
    },
    async stop() {
      await service.stop();
      await eventLog.close();
      await admission.close();
      await database.drop();
      await events.drop();
    },
  };
}
