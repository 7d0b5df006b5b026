import {
  type AdmissionStore,
  createAdmissionStore,
  createShelteredRates,
  LocalRates,
  type ShelteredRates,
} from '@aggregator/admission';
import { keyInvalidationChannel } from '@aggregator/contracts';
import type { ClaimStore } from '@aggregator/expiring-store';
import { createInvalidationChannel, type InvalidationChannel } from '@aggregator/invalidation';
import {
  createIdentity,
  createInternalClient,
  createLogger,
  createMetrics,
  createOnceServer,
  type IdentitySigner,
  type InternalClient,
  type Logger,
  type Metrics,
  type OnceServer,
  openClaims,
  openTracing,
  requireRedisUrl,
  type ServiceContext,
  type Tracing,
} from '@aggregator/service-kit';
import { z } from 'zod';
import type { ApiGatewayConfig } from './config.ts';
import { counterStoreChanged, createGatewayEvents, type GatewayEvents } from './events.ts';
import { ProxyDiscovery, type ResolveHost, resolveHost } from './forward/discover-proxies.ts';
import { type ManagementTargets, openManagementTargets } from './forward/management-targets.ts';
import { OpenAnswers } from './forward/open-answers.ts';
import { ProxyPool } from './forward/proxy-pool.ts';
import type { ExchangeDeadlines } from './forward/service-exchange.ts';
import { AccessTokens } from './identity/access-tokens.ts';
import type { Authenticated } from './identity/authenticated.ts';
import { KeySightings } from './identity/key-sightings.ts';
import { KeyVerdicts } from './identity/key-verdicts.ts';
import { UnknownCredentials } from './identity/unknown-credentials.ts';
import { type Pages, readPages } from './pages/read-pages.ts';
import { type GatewayPools, openPools } from './shares/open-pools.ts';

export interface ApiGatewayOverrides {
  admission: Pick<AdmissionStore, 'takeRate' | 'readEpoch' | 'close'>;
  invalidation: InvalidationChannel;
  resolveHost: ResolveHost;
  claims: ClaimStore;
  managementDeadlines: ExchangeDeadlines;
  pages: Pages;
  tracing: Tracing;
}

export interface ApiGatewayContext extends ServiceContext {
  readonly config: ApiGatewayConfig;
  readonly events: GatewayEvents;
  readonly signer: IdentitySigner;
  readonly keyVerdicts: KeyVerdicts;
  readonly accessTokens: AccessTokens;
  readonly proxies: ProxyPool;
  readonly openAnswers: OpenAnswers;
  /** Limits of the management API, shared by all gateways. */
  readonly managementLimits: ShelteredRates;
  /** Limits of this process alone, for what must not cost a round trip. */
  readonly localRates: LocalRates;
  readonly unknownCredentials: UnknownCredentials<Authenticated>;
  /** Which API keys were used from where; auth finds what is suspicious in it. */
  readonly sightings: KeySightings;
  readonly management: ManagementTargets;
  readonly pools: GatewayPools;
  /** The dashboard; empty if it is switched off, or was not built. */
  readonly pages: Pages;
  /** Requests to the management API with an `Idempotency-Key`. */
  readonly once: OnceServer;
  /** Null while traces are off. */
  readonly tracing: Tracing | null;
}

const keysRememberedMax = 100_000;
const sightingsIntervalMs = 60_000;
/** Before the grace is over, and after the proxies have cut theirs: what they say of it still comes through. */
const cutBeforeGraceMs = 500;
/** Longer than auth waits for its own database, so that a busy machine is no outage. */
const authDeadlineMs = 5000;

export async function createApiGatewayContext(
  config: ApiGatewayConfig,
  overrides: Partial<ApiGatewayOverrides> = {},
): Promise<ApiGatewayContext> {
  const logger = createLogger({ service: 'api-gateway', level: config.logLevel, format: config.logFormat });
  const metrics = createMetrics('api-gateway');
  const { signer } = createIdentity(config, 'api-gateway');
  const auth = createInternalClient({ target: 'auth', baseUrl: config.authUrl, signer, deadlineMs: authDeadlineMs });
  const keyVerdicts = new KeyVerdicts({ auth, maxAgeMs: config.keyVerdictMaxAgeMs, entriesMax: keysRememberedMax });
  const events = createGatewayEvents(metrics);
  const proxies = new ProxyPool({ connectionsMax: config.requestsInFlightMax });
  const discovery = openDiscovery(config, proxies, overrides.resolveHost ?? resolveHost, logger);
  const openAnswers = watchAnswers(metrics, events);
  const pools = openPools(config, events);
  const localRates = new LocalRates();
  const management = openManagementTargets(config, overrides.managementDeadlines);
  const background = new AbortController();
  const storeFailed = (store: string, error: unknown) => logger.warn('store_failed', { store, error });
  const stores = openStores(config, overrides, storeFailed);
  const managementLimits = openManagementLimits(config, stores.admission, { logger, events });
  const tracing = overrides.tracing ?? (await openTracing(config, 'api-gateway', true));
  let subscription: { close(): Promise<void> } | null = null;
  const timers: NodeJS.Timeout[] = [];
  const sightings = new KeySightings();
  const reportSightings = () => sendSightings(sightings, auth, logger);

  return {
    config,
    logger,
    metrics,
    events,
    signer,
    keyVerdicts,
    accessTokens: new AccessTokens(config.authUrl, (session) => keyVerdicts.findSession(session)),
    proxies,
    openAnswers,
    managementLimits,
    localRates,
    unknownCredentials: new UnknownCredentials(localRates, config.failuresPerMinute, (ip) => sightings.reject(ip)),
    sightings,
    tracing,
    management,
    pools,
    pages: overrides.pages ?? (config.dashboard === 'on' ? readPages() : new Map()),
    once: createOnceServer(config, stores.claims, (error) => storeFailed('idempotency', error)),
    readinessChecks: { proxy: () => proxies.checkHealth() },
    async start() {
      timers.push(setInterval(reportSightings, sightingsIntervalMs).unref());
      await discovery?.refresh();
      void discovery?.follow(background.signal);
      subscription = await followKeys({ invalidation: stores.invalidation, keyVerdicts, openAnswers, logger });
    },
    beginDrain() {
      const cutInMs = Math.max(0, config.shutdownGraceMs - cutBeforeGraceMs);
      timers.push(setTimeout(() => openAnswers.cutAll(), cutInMs));
    },
    async close() {
      for (const timer of timers) clearTimeout(timer);
      await reportSightings();
      background.abort();
      keyVerdicts.close();
      await subscription?.close();
      pools.close();
      await managementLimits.close();
      await stores.closeOwn();
      management.close();
      await Promise.all([auth.close(), proxies.close(), overrides.tracing === undefined && tracing?.close()]);
    },
  };
}

function watchAnswers(metrics: Metrics, events: GatewayEvents): OpenAnswers {
  const open = new OpenAnswers((reason) =>
    (reason === 'shutdown' ? events.truncatedStreams : events.revokedStreams).inc(),
  );
  metrics.observed('gateway_inflight_requests', 'AI requests that are with a proxy now.', () => open.count);
  return open;
}

function openManagementLimits(
  { replicasMax }: ApiGatewayConfig,
  primary: Parameters<typeof createShelteredRates>[0]['primary'],
  parts: Parameters<typeof counterStoreChanged>[0],
) {
  const onChange = (isAway: boolean, error: unknown) => counterStoreChanged(parts, isAway, error);
  return createShelteredRates({ primary, sharedBy: replicasMax, onChange });
}

/** Reports where keys were used since the last time. A report that fails is dropped. */
async function sendSightings(sightings: KeySightings, auth: InternalClient, logger: Logger): Promise<void> {
  const body = sightings.take();
  if (body === null) return;
  await auth
    .call({ method: 'POST', path: '/internal/keys/sightings', body, answer: z.unknown() })
    .catch((error: unknown) => logger.warn('key_sightings_not_reported', { error }));
}

/** Forgets keys that changed, and ends the open answers of callers that are cut. */
async function followKeys(parts: {
  invalidation: InvalidationChannel;
  keyVerdicts: KeyVerdicts;
  openAnswers: OpenAnswers;
  logger: Logger;
}): Promise<{ close(): Promise<void> }> {
  const { invalidation, keyVerdicts, openAnswers, logger } = parts;
  const subscription = await invalidation.subscribe(
    keyInvalidationChannel,
    (message) => {
      const cut = keyVerdicts.invalidate(message);
      if (cut !== undefined) openAnswers.cutCallers(cut);
    },
    () => keyVerdicts.forgetAll(),
  );
  keyVerdicts.startPolling(
    ({ cut, ageMs }) => openAnswers.cutCallers(cut, ageMs),
    (error) => logger.warn('key_epoch_poll_failed', { error }),
  );
  return subscription;
}

/** Null if each proxy has its own address in the configuration. */
function openDiscovery(
  { proxyDiscovery, proxyUrls: urls, proxyDiscoveryIntervalMs: intervalMs }: ApiGatewayConfig,
  pool: ProxyPool,
  resolve: ResolveHost,
  logger: Logger,
): ProxyDiscovery | null {
  const onFailed = (host: string, error: unknown) => logger.warn('proxies_not_resolved', { host, error });
  if (proxyDiscovery === 'dns') return new ProxyDiscovery({ pool, urls, intervalMs, resolve, onFailed });
  pool.replace(urls.map((url) => ({ url })));
  return null;
}

/** The stores given, or those of the configuration; only the latter are ours to close. */
function openStores(
  config: ApiGatewayConfig,
  overrides: Partial<ApiGatewayOverrides>,
  onError: (store: string, error: unknown) => void,
) {
  const own: { close(): Promise<void> }[] = [];
  const open = <Store extends { close(): Promise<void> }>(
    given: Store | undefined,
    name: string,
    create: (options: { redisUrl: string; keyPrefix: string; onError(error: unknown): void }) => Store,
  ): Store => {
    if (given !== undefined) return given;
    const store = create({
      redisUrl: requireRedisUrl(config, 'gateways share limits and revocations'),
      keyPrefix: config.redisKeyPrefix,
      onError: (error) => onError(name, error),
    });
    own.push(store);
    return store;
  };
  const openOwnClaims = () => {
    const claims = openClaims(config, (error) => onError('idempotency', error));
    own.push(claims);
    return claims;
  };
  return {
    claims: overrides.claims ?? openOwnClaims(),
    admission: open<ApiGatewayOverrides['admission']>(overrides.admission, 'admission', createAdmissionStore),
    invalidation: open(overrides.invalidation, 'invalidation', createInvalidationChannel),
    async closeOwn() {
      await Promise.all(own.map((store) => store.close()));
    },
  };
}
