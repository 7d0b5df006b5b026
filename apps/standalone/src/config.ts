import {
  type ConfigOf,
  databaseNamePrefixVariable,
  type Environment,
  integer,
  readConfig,
  variable,
} from '@aggregator/service-kit';
import { z } from 'zod';

/** Variables of the embedded form. All others are passed to the services, which read their own variables. */
export const standaloneVariables = {
  stateDirectory: variable('STATE_DIRECTORY', z.string().default('var'), 'Where `npm start` keeps its state.'),
  portBase: variable(
    'PORT_BASE',
    integer(1024, 32_000).default(3000),
    '`npm start` listens here (gateway) and on the next five ports.',
    { aliases: ['PORT', 'AGG_SERVER_PORT'] },
  ),
  databaseNamePrefix: databaseNamePrefixVariable,
  databaseUrl: variable(
    'DATABASE_URL',
    z.url({ protocol: /^postgres(ql)?$/ }).optional(),
    'PostgreSQL server on which each service has a separate database. Unset: `npm start` brings an embedded one.',
    { isSecret: true },
  ),
  redisUrl: variable('REDIS_URL', z.string().optional(), 'See the services.', { isSecret: true }),
  kafkaBrokers: variable('KAFKA_BROKERS', z.string().optional(), 'See the services.'),
  eventTransport: variable('EVENT_TRANSPORT', z.string().optional(), 'See the services.'),
  seedCreditNanoUsd: variable(
    'SEED_CREDIT_NANO_USD',
    z
      .string()
      .regex(/^\d{1,18}$/)
      .default('100000000000')
      .transform(BigInt),
    'Balance that the seeded organisation starts with, in nano-USD.',
  ),
} as const;

export type StandaloneConfig = ConfigOf<typeof standaloneVariables>;

export function readStandaloneConfig(environment: Environment): StandaloneConfig {
  return readConfig(standaloneVariables, environment);
}
