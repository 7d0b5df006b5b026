import { mailVariables } from '@aggregator/notifications';
import {
  type ConfigOf,
  commonVariables,
  databaseUrlVariable,
  defaultPorts,
  type Environment,
  egressAllowlist,
  eventLogVariables,
  httpProxyVariables,
  integer,
  readConfig,
  redisVariables,
  variable,
} from '@aggregator/service-kit';
import { z } from 'zod';

const secretsMax = 4;
const howToMake = '`openssl rand -base64 32 | tr +/ -_ | tr -d =` makes one.';

/** The present secret first, then those of the past that are still honoured. */
const keyring = z
  .string()
  .transform((text) => text.split(',').map((part) => part.trim()))
  .pipe(
    z
      .array(z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'must be 32 random bytes as base64url (43 characters)'))
      .min(1)
      .max(secretsMax),
  );

const limitOrNone = (max: number) =>
  z.union([z.literal('none').transform(() => null), integer(1, max)], {
    error: `must be 'none' or a whole number from 1 to ${max}`,
  });

export const authVariables = {
  ...commonVariables('auth', defaultPorts.auth),
  databaseUrl: databaseUrlVariable('auth'),
  ...redisVariables,
  keyPeppers: variable(
    'KEY_PEPPER',
    keyring,
    `Secret mixed into the stored hash of every API key; without it no key can be verified. ${howToMake} To change it, put the new one before the old one, separated by a comma; keys made with the old one work as long as it stands there.`,
    { isSecret: true },
  ),
  jwtPrivateKeys: variable(
    'AUTH_JWT_PRIVATE_KEY',
    keyring,
    `Ed25519 seed that signs access tokens. ${howToMake} Further ones, separated by commas, do not sign, but their public keys are published: add the new one at the end, let it become known, move it to the front, and drop the old one when its last token has expired.`,
    { isSecret: true },
  ),
  accessTokenLifetimeSeconds: variable(
    'ACCESS_TOKEN_LIFETIME_SECONDS',
    integer(60, 86_400).default(900),
    'Lifetime of an access token, in seconds. A token of an ended session is rejected within a second, even if its lifetime has not ended.',
    { aliases: ['AGG_AUTH_JWT_EXPIRATION'] },
  ),
  signUp: variable(
    'SIGN_UP',
    z.enum(['open', 'invite-only', 'domains', 'closed']).default('open'),
    'Who can make an account. `open`: everyone; `domains`: everyone with an address of SIGN_UP_DOMAINS, which is then verified before the first login; `invite-only`: only a person with an invitation; `closed`: no one. Existing users can always accept an invitation.',
  ),
  signUpDomains: variable(
    'SIGN_UP_DOMAINS',
    z
      .string()
      .transform((text) => text.split(',').map((domain) => domain.trim().toLowerCase()))
      .pipe(z.array(z.string().regex(/^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/, 'must be domains, separated by commas')).max(100))
      .optional(),
    'Domains of e-mail addresses for SIGN_UP=domains, separated by commas: `example.com,example.org`. A subdomain is another domain.',
  ),
  emailVerification: variable(
    'EMAIL_VERIFICATION',
    z.enum(['off', 'required']).default('off'),
    '`required`: a user logs in only after the link in a mail has shown that the address is its own. SIGN_UP=domains always requires it.',
  ),
  workQueue: variable(
    'WORK_QUEUE',
    z.enum(['postgres', 'rabbitmq']).default('postgres'),
    'What hands mails and webhooks to workers: the database, or RabbitMQ by RABBITMQ_URL. Jobs are written to the database in either case.',
  ),
  rabbitmqUrl: eventLogVariables.rabbitmqUrl,
  eventTopicPrefix: eventLogVariables.eventTopicPrefix,
  ...mailVariables,
  publicUrl: variable(
    'PUBLIC_URL',
    z.url({ protocol: /^https?$/ }).default('http://127.0.0.1:3000'),
    'Start of the links in mails and of the page to which a payment provider sends a customer back. The page of a mail reads the token behind `#token=` and calls the API with it.',
  ),
  invitationsPerDay: variable(
    'INVITATIONS_PER_DAY',
    integer(1, 100_000).default(200),
    'Invitations that one organisation can send in 24 hours.',
  ),
  ssoIssuerAllowlist: variable(
    'SSO_ISSUER_ALLOWLIST',
    egressAllowlist.optional(),
    'Hosts (with or without a port) and networks, separated by commas, that identity providers may be at although they are not public or not https: `keycloak.internal:8443`.',
  ),
  leakReportSecret: variable(
    'LEAK_REPORT_SECRET',
    z.string().min(32).max(512).optional(),
    'Secret by which an own secret scanner signs its reports of leaked API keys to `POST /v1/auth/leaked-keys`. Unset: such reports are rejected.',
    { isSecret: true },
  ),
  leakReportPublicKeys: variable(
    'LEAK_REPORT_PUBLIC_KEYS',
    z
      .string()
      .transform((text) => text.split(',').map((part) => part.trim().split(/:(.*)/s).slice(0, 2)))
      .pipe(z.array(z.tuple([z.string().regex(/^\w{1,128}$/), z.base64().min(1)])).max(10))
      .optional(),
    "Public keys of a secret scanner that reports as GitHub's does, separated by commas: `<identifier>:<key>`, the key as base64 of DER (SPKI), which is the middle of its PEM. GitHub publishes them at https://api.github.com/meta/public_keys/secret_scanning.",
  ),
  leakedKeyAction: variable(
    'LEAKED_KEY_ACTION',
    z.enum(['revoke', 'block']).default('revoke'),
    'What happens to an API key that is reported as leaked. `revoke`: it is revoked with all that it made; `block`: an operator can unblock it.',
  ),
  webhookAllowlist: variable(
    'WEBHOOK_ALLOWLIST',
    egressAllowlist.optional(),
    'Hosts (with or without a port) and networks, separated by commas, that webhook endpoints of every organisation may be at although they are not public or not https: `hooks.internal:8443`.',
  ),
  ...httpProxyVariables,
  databaseConnectionsMax: variable(
    'AUTH_DATABASE_CONNECTIONS_MAX',
    integer(1, 200).default(10),
    'Most connections that one auth process opens to its database.',
  ),
  loginAttemptsPerMinute: variable(
    'LOGIN_ATTEMPTS_PER_MINUTE',
    integer(1, 10_000).default(10),
    'Failed logins that one address may make for one account, per minute.',
  ),
  loginAttemptsPerMinutePerAddress: variable(
    'LOGIN_ATTEMPTS_PER_MINUTE_PER_ADDRESS',
    integer(1, 100_000).default(100),
    'Logins, registrations and changes of a password that one address may try in all, per minute.',
  ),
  loginAttemptsPerMinutePerAccount: variable(
    'LOGIN_ATTEMPTS_PER_MINUTE_PER_ACCOUNT',
    integer(1, 100_000).default(100),
    'Logins that all addresses together may try for one account, per minute, in each auth process. Addresses that have logged in to it before are not counted.',
  ),
  refreshesPerMinutePerAddress: variable(
    'REFRESHES_PER_MINUTE_PER_ADDRESS',
    integer(1, 100_000).default(600),
    'Refreshes of sessions that one address may try, per minute, in each auth process.',
  ),
  defaultRequestsPerMinute: variable(
    'DEFAULT_REQUESTS_PER_MINUTE',
    limitOrNone(1_000_000).default(600),
    "Requests per minute of an API key without an own limit, and of a user with an access token, or 'none'.",
  ),
  defaultTokensPerMinute: variable(
    'DEFAULT_TOKENS_PER_MINUTE',
    limitOrNone(1_000_000_000).default(null),
    "Tokens per minute of an API key without an own limit, and of a user with an access token, or 'none'.",
  ),
  defaultConcurrentRequests: variable(
    'DEFAULT_CONCURRENT_REQUESTS',
    limitOrNone(100_000).default(200),
    "Requests that an API key without an own limit, or a user with an access token, can have open at once, or 'none'.",
  ),
  keyRequestsPerMinuteMax: variable(
    'KEY_REQUESTS_PER_MINUTE_MAX',
    limitOrNone(1_000_000).optional(),
    "Most requests per minute that an API key, or a user with an access token, can have, or 'none'. A tenant cannot raise it. Unset: DEFAULT_REQUESTS_PER_MINUTE.",
  ),
  keyTokensPerMinuteMax: variable(
    'KEY_TOKENS_PER_MINUTE_MAX',
    limitOrNone(1_000_000_000).optional(),
    "Most tokens per minute that an API key, or a user with an access token, can have, or 'none'. Unset: DEFAULT_TOKENS_PER_MINUTE.",
  ),
  keyConcurrentRequestsMax: variable(
    'KEY_CONCURRENT_REQUESTS_MAX',
    limitOrNone(100_000).optional(),
    "Most requests that an API key, or a user with an access token, can have open at once, or 'none'. Unset: DEFAULT_CONCURRENT_REQUESTS.",
  ),
  organizationRequestsPerMinuteMax: variable(
    'ORGANIZATION_REQUESTS_PER_MINUTE_MAX',
    limitOrNone(1_000_000).optional(),
    "Most requests per minute of all keys and users of one organisation together, or 'none'. Unset: 100 times KEY_REQUESTS_PER_MINUTE_MAX, at most 1000000.",
  ),
  organizationTokensPerMinuteMax: variable(
    'ORGANIZATION_TOKENS_PER_MINUTE_MAX',
    limitOrNone(1_000_000_000).optional(),
    "Most tokens per minute of all keys and users of one organisation together, or 'none'. Unset: 100 times KEY_TOKENS_PER_MINUTE_MAX, at most 1000000000.",
  ),
  organizationConcurrentRequestsMax: variable(
    'ORGANIZATION_CONCURRENT_REQUESTS_MAX',
    limitOrNone(100_000).optional(),
    "Most requests that all keys and users of one organisation together can have open at once, or 'none'. Unset: 10 times KEY_CONCURRENT_REQUESTS_MAX, at most 100000.",
  ),
};

export type AuthConfig = ConfigOf<typeof authVariables>;

/** Throws ConfigError with every fault. */
export function readAuthConfig(environment: Environment): AuthConfig {
  return readConfig(authVariables, environment);
}
