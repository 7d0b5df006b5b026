import { type MockProviderServer, startMockProviderServer } from '@aggregator/mock-provider';
import type { MockProviderConfig } from './config.ts';

/**
 * The mock vendor of a whole installation: one process, whose ledger (`GET /v1/ledger`) says what every proxy asked of
 * it.
 */
export function startMockProvider(config: MockProviderConfig): Promise<MockProviderServer> {
  const { host, port, latencyMs, chunkDelayMs, apiKeyPrefix, ledgerPath } = config;
  return startMockProviderServer({
    host,
    port,
    latencyMs,
    chunkDelayMs,
    ...(apiKeyPrefix !== undefined && { apiKeyPrefix }),
    ...(ledgerPath !== undefined && { ledgerPath }),
  });
}
