import { createInvalidationChannel, type InvalidationChannel } from '@aggregator/invalidation';
import { createWebhookSender, type MailTransport, openMailTransport } from '@aggregator/notifications';
import {
  createIdentity,
  createLogger,
  createMetrics,
  emptyAllowlist,
  type Logger,
  requireRedisUrl,
} from '@aggregator/service-kit';
import { toSignUpPolicy } from './accounts/sign-up-policy.ts';
import { createLoginGuard } from './attempts/login-guard.ts';
import type { AuthContext } from './auth-context.ts';
import type { AuthConfig } from './config.ts';
import { openDatabase } from './database/create-database.ts';
import { createAuthEvents } from './events.ts';
import { openWorkQueues } from './jobs/work-queues.ts';
import { createKeyHasher } from './keys/key-hasher.ts';
import { toInstallationLimits } from './limits/installation-limits.ts';
import { createMailQueue } from './mail/mail-queue.ts';
import { createPasswordKeeper } from './passwords/password-keeper.ts';
import { createSecretSealer } from './secrets/secret-sealer.ts';
import { createLoginSuspicion } from './security/login-suspicion.ts';
import { createAccessTokenSigner } from './sessions/access-token-signer.ts';
import { createOidcClients } from './sso/oidc-clients.ts';
import { createLoginSealer } from './sso/pending-login.ts';
import { type AuthWork, startWork } from './start-work.ts';
import { type BoundedQueue, createBoundedQueue } from './turns/bounded-queue.ts';
import { deadlineMs } from './webhooks/webhook-queues.ts';

/** Parts that may come from outside; who made a part closes it. */
export interface AuthOverrides {
  invalidation: InvalidationChannel;
  logger: Logger;
  mailTransport: MailTransport;
  /** Unix milliseconds. */
  now(): number;
}

/** Changes that wait for their turn; one caller has an eighth. */
const changesWaitingMax = 400;

export async function createAuthContext(
  config: AuthConfig,
  overrides: Partial<AuthOverrides> = {},
): Promise<AuthContext> {
  const logger =
    overrides.logger ?? createLogger({ service: 'auth', level: config.logLevel, format: config.logFormat });
  const metrics = createMetrics('auth');
  const { now: nowMs = Date.now } = overrides;
  const now = () => new Date(nowMs());
  const invalidation = overrides.invalidation ?? connectInvalidation(config, logger);
  const { database, query } = openDatabase(toDatabaseOptions(config, logger));
  const transport = overrides.mailTransport ?? openMailTransport(config, logger);
  const workQueues = openWorkQueues(config, query);
  const isSending = transport !== null;
  const mails = createMailQueue(database, { peppers: config.keyPeppers, isSending, open: workQueues.open });
  const events = createAuthEvents(logger, metrics, invalidation);
  const { ssoIssuerAllowlist: ssoAllowlist = emptyAllowlist, webhookAllowlist = emptyAllowlist } = config;
  const oidcClients = createOidcClients({ allowlist: ssoAllowlist, proxies: config, now: nowMs });
  const keyHasher = createKeyHasher(config.keyPeppers);
  const bulkKeys = createSecretSealer(config.keyPeppers, 'bulk-key');
  const webhookSecrets = createSecretSealer(config.keyPeppers, 'webhook-secret');
  const webhookSender = createWebhookSender({ allowlist: webhookAllowlist, proxies: config, deadlineMs });
  let work: AuthWork | undefined;

  return {
    logger,
    metrics,
    database,
    verifier: createIdentity(config, 'auth').verifier,
    events,
    passwords: await createPasswordKeeper(),
    changes: openChanges(config),
    loginGuard: openLoginGuard(config, nowMs),
    ...{ keyHasher, bulkKeys, mails, oidcClients, ssoAllowlist },
    accessTokens: await createAccessTokenSigner(config.jwtPrivateKeys, config.accessTokenLifetimeSeconds),
    limits: toInstallationLimits(config),
    signUp: toSignUpPolicy(config),
    invitationsPerDay: config.invitationsPerDay,
    sendsMails: transport !== null,
    publicUrl: config.publicUrl,
    wakeBulk: () => work?.wakeBulk(),
    ssoSecrets: createSecretSealer(config.keyPeppers, 'sso-client-secret'),
    webhookSecrets,
    webhookAllowlist,
    ssoLogins: createLoginSealer(config.keyPeppers),
    leakReportKeys: config,
    leakedKeyAction: config.leakedKeyAction,
    loginSuspicion: createLoginSuspicion({ database, now, mails, sendsMails: transport !== null, events }, (error) =>
      logger.error('security_event_lost', { error }),
    ),
    now,
    readinessChecks: { database: async () => void (await database.$queryRaw`SELECT 1`) },
    async start() {
      const keys = { keyHasher, bulkKeys, webhookSecrets, open: workQueues.open };
      const { publicUrl } = config;
      const { invitationsPerDay } = config;
      const sending = { mails, transport, webhookSender, publicUrl, invitationsPerDay };
      work = startWork({ database, events, logger, metrics, now, ...sending, ...keys });
    },
    async close() {
      await work?.stop();
      await workQueues.close();
      await webhookSender.close();
      if (overrides.mailTransport === undefined) await transport?.close();
      await oidcClients.close();
      await database.$disconnect();
      if (overrides.invalidation === undefined) await invalidation.close();
    },
  };
}

function toDatabaseOptions({ databaseUrl: url, databaseConnectionsMax: connectionsMax }: AuthConfig, logger: Logger) {
  return { url, connectionsMax, onError: (error: unknown) => logger.warn('database_connection_lost', { error }) };
}

function openChanges(config: AuthConfig): BoundedQueue {
  return createBoundedQueue({
    // The other connections are for logins, refreshes and verdicts on keys.
    concurrencyMax: Math.max(1, Math.floor(config.databaseConnectionsMax / 3)),
    runningPerOwnerMax: 1,
    ...{ waitingMax: changesWaitingMax, waitingPerOwnerMax: changesWaitingMax / 8 },
  });
}

function openLoginGuard(config: AuthConfig, now: () => number) {
  return createLoginGuard({
    perAccountPerMinute: config.loginAttemptsPerMinute,
    perAddressPerMinute: config.loginAttemptsPerMinutePerAddress,
    perAccountInAllPerMinute: config.loginAttemptsPerMinutePerAccount,
    refreshesPerAddressPerMinute: config.refreshesPerMinutePerAddress,
    now,
  });
}

function connectInvalidation(config: AuthConfig, logger: Logger): InvalidationChannel {
  return createInvalidationChannel({
    redisUrl: requireRedisUrl(config, 'gateways learn of revoked keys'),
    keyPrefix: config.redisKeyPrefix,
    onError: (error) => logger.warn('invalidation_channel_lost', { error }),
  });
}
