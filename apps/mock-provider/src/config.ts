import { type ConfigOf, type Environment, integer, readConfig, variable } from '@aggregator/service-kit';
import { z } from 'zod';

export const mockProviderVariables = {
  host: variable('HOST', z.string().default('127.0.0.1'), 'Address to listen on; 0.0.0.0 in a container.'),
  port: variable(
    'MOCK_PROVIDER_PORT',
    integer(0, 65_535).default(3010),
    'Port of the mock provider; 0 takes any free one.',
    { aliases: ['PORT'] },
  ),
  latencyMs: variable(
    'MOCK_LATENCY_MS',
    integer(0, 600_000).default(0),
    'How long the mock provider waits before the first byte of an answer, in milliseconds.',
  ),
  chunkDelayMs: variable(
    'MOCK_CHUNK_DELAY_MS',
    integer(0, 600_000).default(0),
    'How long the mock provider waits before each token of a stream, in milliseconds.',
  ),
  apiKeyPrefix: variable(
    'MOCK_API_KEY_PREFIX',
    z.string().max(100).optional(),
    'How keys that the mock provider takes begin; any other key is refused by 401, so that a dead key can be rehearsed.',
  ),
  ledgerPath: variable(
    'MOCK_LEDGER_PATH',
    z.string().optional(),
    'File in which the mock provider writes down what it was asked and what it charged; its folder must exist. Unset: kept in memory alone.',
  ),
  shutdownGraceMs: variable(
    'SHUTDOWN_GRACE_MS',
    integer(0, 3_600_000).default(30_000),
    'Longest time that answers under way get to finish after SIGTERM, in milliseconds.',
  ),
} as const;

export type MockProviderConfig = ConfigOf<typeof mockProviderVariables>;

/** Throws ConfigError with every fault. */
export function readMockProviderConfig(environment: Environment): MockProviderConfig {
  return readConfig(mockProviderVariables, environment);
}
