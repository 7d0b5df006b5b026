import { type MockProviderServer, startMockProviderServer } from '@aggregator/mock-provider';
import { waitFor } from '@aggregator/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { compareLedgers } from '../world/compare-ledgers.ts';
import { runMixedLoad } from '../world/mixed-load.ts';
import { signUp } from './sign-up.ts';
import { type Services, startServices } from './start-services.ts';

const deadlineMs = 60_000;

describe('kill -9 of the proxy under load, on PostgreSQL, Redis and Kafka', () => {
  let provider: MockProviderServer;
  let services: Services;
  beforeAll(async () => {
    provider = await startMockProviderServer({ port: 0, chunkDelayMs: 3, wordsPerAnswer: 25 });
    services = await startServices({
      MOCK_BASE_URL: provider.url,
      DEFAULT_REQUESTS_PER_MINUTE: '100000',
      MANAGEMENT_REQUESTS_PER_MINUTE: '100000',
      LOG_LEVEL: 'error',
    });
  }, deadlineMs);
  afterAll(async () => {
    await services.stop();
    await provider.close();
  }, deadlineMs);

  it(
    "leaves the provider's ledger and ours equal on every request and every nano-USD (I1)",
    async () => {
      const { apiKey, session } = await signUp(services.baseUrl);
      const load = { baseUrl: services.baseUrl, apiKey, connections: 30 };
      let restarted: Promise<void> | null = null;

      const seen = await runMixedLoad({
        ...load,
        requests: 300,
        seed: 21,
        onProgress: (done) => {
          if (done === 100) restarted = services.restart('proxy');
        },
      });
      await restarted;
      await runMixedLoad({ ...load, requests: 50, seed: 22 });

      const differences = async () => compareLedgers(provider.ledger.records(), await session.transactions());
      // A hold that the proxy took and had not written down when it died lives on until its time is over.
      await waitFor(async () => (await differences()).length === 0, {
        describe: () => 'the ledgers to agree',
      });
      expect(await differences()).toEqual([]);
      expect(seen.some((one) => one.status === 503)).toBe(true);
      expect(provider.ledger.records().length).toBeGreaterThan(80);
    },
    2 * deadlineMs,
  );
});
