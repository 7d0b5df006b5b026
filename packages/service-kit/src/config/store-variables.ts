import type { ServiceName } from '@aggregator/contracts';
import { z } from 'zod';
import { environmentPrefix, integer } from './common-variables.ts';
import { kafkaVariables } from './kafka-variables.ts';
import { ConfigError, variable } from './read-config.ts';

const postgresUrl = z.url({ protocol: /^postgres(ql)?$/, error: 'must be a postgresql:// URL' });

const usualNamePrefix = 'aggregator';

/** `aggregator_auth` for `auth`: the database that a service has on the server of `DATABASE_URL`. */
export function databaseName(service: ServiceName | 'events', prefix: string = usualNamePrefix): string {
  return `${prefix}_${service.replaceAll('-', '_')}`;
}

/** Read where the databases are created or found on one server. */
export const databaseNamePrefixVariable = variable(
  'DATABASE_NAME_PREFIX',
  z
    .string()
    .regex(/^[a-z_][a-z0-9_]{0,39}$/, 'must be up to 40 lower-case letters, digits and underscores')
    .default(usualNamePrefix),
  'Before the name of each database on the server of DATABASE_URL: `aggregator_auth` and so on.',
  { aliases: ['AGG_DATABASE_DBNAME'] },
);

/** A service's own database: `<SERVICE>_DATABASE_URL`, or its usual name on the server of `DATABASE_URL`. */
export function databaseUrlVariable(service: Exclude<ServiceName, 'api-gateway' | 'proxy'>) {
  return variable(
    `${environmentPrefix(service)}_DATABASE_URL`,
    postgresUrl,
    `PostgreSQL database of ${service}; where unset, ${databaseName(service)} on the server of DATABASE_URL.`,
    { isSecret: true },
  );
}

/** Fills `<SERVICE>_DATABASE_URL` and `EVENTS_DATABASE_URL` from `DATABASE_URL` where only the server is named. */
export function withDatabaseUrls(environment: Readonly<Record<string, string | undefined>>) {
  const server = environment.DATABASE_URL;
  if (!server || !URL.canParse(server)) return environment;
  const filled: Record<string, string | undefined> = { ...environment };
  for (const service of ['auth', 'provider-orchestrator', 'billing', 'analytics', 'events'] as const) {
    const prefix = service === 'events' ? 'EVENTS' : environmentPrefix(service);
    const url = new URL(server);
    url.pathname = `/${databaseName(service, environment.DATABASE_NAME_PREFIX || undefined)}`;
    filled[`${prefix}_DATABASE_URL`] ||= url.toString();
  }
  return filled;
}

const encryptionKeysMax = 4;

/** The present key first, then those that what was sealed earlier is opened with. */
const encryptionKeys = z
  .string()
  .transform((text) => text.split(',').map((part) => part.trim()))
  .pipe(
    z
      .array(z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'must be 32 random bytes as base64url (43 characters)'))
      .min(1)
      .max(encryptionKeysMax),
  );

/** Read by the orchestrator, which seals, and by the proxy, which opens the last known good state. */
export const credentialsEncryptionKeysVariable = variable(
  'CREDENTIALS_ENCRYPTION_KEY',
  encryptionKeys.optional(),
  'Secret that seals the keys of providers that are given through the API or by Kubernetes; without it none can be given, and proxies cannot start while the orchestrator is away but from their own disk. `openssl rand -base64 32 | tr +/ -_ | tr -d =` makes one. To change it, put the new one before the old one, separated by a comma; what was sealed with the old one can be read as long as it stands there.',
  { isSecret: true },
);

/** The Redis that the processes of an installation share. */
export const redisVariables = {
  redisUrl: variable(
    'REDIS_URL',
    z.url({ protocol: /^rediss?$/, error: 'must be a redis:// URL' }).optional(),
    'Redis for counters, holds and invalidations; gateway, proxy, auth and billing in processes of their own need it; the orchestrator keeps the last known good state there.',
    { aliases: ['AGG_REDIS_URL'], isSecret: true },
  ),
  redisKeyPrefix: variable(
    'REDIS_KEY_PREFIX',
    z.string().max(50).default('agg:'),
    'Before every key and channel; installations with different prefixes share a Redis without meeting.',
  ),
};

const natsServers = z
  .string()
  .transform((text) => text.split(',').map((server) => server.trim()))
  .pipe(
    z.array(z.url({ protocol: /^(nats|tls)$/, error: 'must be nats:// or tls:// URLs, separated by commas' })).min(1),
  );

/** Which event log, and where. */
export const eventLogVariables = {
  eventTransport: variable(
    'EVENT_TRANSPORT',
    z.enum(['kafka', 'rabbitmq', 'nats', 'embedded']).optional(),
    'Event log: kafka, rabbitmq, nats, or embedded (a durable log in PostgreSQL). Unset: kafka where KAFKA_BROKERS is set. The same for every service of an installation; docs/operations/event-transports.md says how to change it.',
  ),
  ...kafkaVariables,
  rabbitmqUrl: variable(
    'RABBITMQ_URL',
    z.url({ protocol: /^amqps?$/, error: 'must be an amqp:// or amqps:// URL' }).optional(),
    'RabbitMQ of EVENT_TRANSPORT=rabbitmq and WORK_QUEUE=rabbitmq, with user, password and virtual host; amqps:// for TLS.',
    { aliases: ['AGG_RABBITMQ_URL'], isSecret: true },
  ),
  natsServers: variable(
    'NATS_URL',
    natsServers.optional(),
    'NATS servers of EVENT_TRANSPORT=nats as nats:// or tls:// URLs, separated by commas; user and password, or a token, stand in the first one. JetStream must be on.',
    { isSecret: true },
  ),
  natsReplicas: variable(
    'NATS_REPLICAS',
    integer(1, 5).default(1),
    'Copies of each stream that is made, in a NATS cluster of as many servers or more: 3 in production.',
  ),
  eventTopicPrefix: variable(
    'EVENT_TOPIC_PREFIX',
    z.string().max(50).default(''),
    'Before every topic, consumer group and queue; installations with different prefixes share a server without meeting.',
    { aliases: ['KAFKA_TOPIC_PREFIX'] },
  ),
  eventsDatabaseUrl: variable(
    'EVENTS_DATABASE_URL',
    postgresUrl.optional(),
    `Database of the embedded event log; where unset, ${databaseName('events')} on the server of DATABASE_URL.`,
    { isSecret: true },
  ),
};

/**
 * Returns the address of the shared Redis for a service in a separate process.
 * @param purpose What the service shares through it, for the error: "a gateway shares limits and revocations".
 * @throws ConfigError if the variable is not set.
 */
export function requireRedisUrl({ redisUrl }: { redisUrl?: string | undefined }, purpose: string): string {
  if (redisUrl !== undefined) return redisUrl;
  throw new ConfigError([`REDIS_URL: must be set, since ${purpose} through Redis`]);
}
