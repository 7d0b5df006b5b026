import { createHash } from 'node:crypto';
import type { Environment } from './read-config.ts';

/** Names of services in earlier documents, with the prefix of today. */
const servicePrefixes = ['API_GATEWAY', 'AUTH', 'PROVIDER_ORCHESTRATOR', 'PROXY', 'BILLING', 'ANALYTICS'] as const;
const jwtSecretBytesMin = 32;

/** Names that hold the same text as today's name. */
const renamed: Readonly<Record<string, string>> = {
  HOST: 'AGG_SERVER_HOST',
  PORT: 'AGG_SERVER_PORT',
  DATABASE_NAME_PREFIX: 'AGG_DATABASE_DBNAME',
  NATS_URL: 'AGG_NATS_URL',
  ...Object.fromEntries(servicePrefixes.map((prefix) => [`${prefix}_URL`, `${prefix}_SERVICE_URL`])),
};

/** Every older name that is read. */
export const olderNames: readonly string[] = [
  ...Object.values(renamed),
  ...['HOST', 'PORT', 'USER', 'PASSWORD'].map((part) => `AGG_DATABASE_${part}`),
  ...['HOST', 'PORT', 'PASSWORD', 'DB'].map((part) => `AGG_REDIS_${part}`),
  ...['AGG_AUTH_JWT_SECRET', 'AGG_AUTH_JWT_EXPIRATION', 'RATE_LIMIT_WINDOW_MS', 'RATE_LIMIT_MAX_REQUESTS'],
];

/**
 * The environment with today's names filled from those of earlier documents of the platform, where only the older ones are
 * set. A text that cannot be converted is passed on as it is, so that the reader of today's name reports it.
 */
export function withOlderNames(environment: Environment): Environment {
  const filled: Record<string, string | undefined> = { ...environment };
  const fill = (name: string, value: string | null) => {
    if (value !== null) filled[name] ||= value;
  };
  for (const [name, older] of Object.entries(renamed)) fill(name, environment[older] || null);
  fill('DATABASE_URL', toDatabaseUrl(environment));
  fill('REDIS_URL', toRedisUrl(environment));
  fill('AUTH_JWT_PRIVATE_KEY', toSigningSeed(environment.AGG_AUTH_JWT_SECRET));
  fill('ACCESS_TOKEN_LIFETIME_SECONDS', toSeconds(environment.AGG_AUTH_JWT_EXPIRATION));
  fill('DEFAULT_REQUESTS_PER_MINUTE', toRequestsPerMinute(environment));
  return filled;
}

function toDatabaseUrl(environment: Environment): string | null {
  const { AGG_DATABASE_HOST: host, AGG_DATABASE_PORT: port, AGG_DATABASE_USER: user } = environment;
  if (!host) return null;
  return `postgresql://${toCredentials(user, environment.AGG_DATABASE_PASSWORD)}${toHost(host, port, 5432)}/postgres`;
}

function toRedisUrl(environment: Environment): string | null {
  const {
    AGG_REDIS_HOST: host,
    AGG_REDIS_PORT: port,
    AGG_REDIS_PASSWORD: password,
    AGG_REDIS_DB: database,
  } = environment;
  if (!host) return null;
  return `redis://${toCredentials('', password)}${toHost(host, port, 6379)}${database ? `/${database}` : ''}`;
}

function toCredentials(user = '', password = ''): string {
  if (user === '' && password === '') return '';
  return `${encodeURIComponent(user)}${password === '' ? '' : `:${encodeURIComponent(password)}`}@`;
}

function toHost(host: string, port: string | undefined, usualPort: number): string {
  return `${host.includes(':') && !host.startsWith('[') ? `[${host}]` : host}:${port || usualPort}`;
}

/** A signing seed out of a secret of any text; a secret below 32 bytes is passed on, and rejected as a seed. */
function toSigningSeed(secret: string | undefined): string | null {
  if (!secret) return null;
  if (Buffer.byteLength(secret) < jwtSecretBytesMin) return secret;
  return createHash('sha256').update(`aggregator access tokens\n${secret}`).digest('base64url');
}

const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** `24h`, `15m`, `1h30m` or a number of seconds, as a number of seconds. */
function toSeconds(text: string | undefined): string | null {
  if (!text) return null;
  if (!/^(?:\d{1,9}[smhd])+$/.test(text)) return text;
  const parts = [...text.matchAll(/(\d+)([smhd])/g)];
  return String(parts.reduce((sum, [, count, unit]) => sum + Number(count) * (unitSeconds[unit ?? ''] ?? 0), 0));
}

/** Earlier documents count requests in a window: 100 in 60,000 ms. A minute is the window of today; part requests round up. */
function toRequestsPerMinute(environment: Environment): string | null {
  const { RATE_LIMIT_WINDOW_MS: window, RATE_LIMIT_MAX_REQUESTS: requests } = environment;
  if (!window && !requests) return null;
  const perMinute = Math.ceil((Number(requests || 100) * 60_000) / Number(window || 60_000));
  return Number.isSafeInteger(perMinute) ? String(perMinute) : `${requests} in ${window} ms`;
}
