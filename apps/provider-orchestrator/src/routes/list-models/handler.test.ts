import { modelList } from '@aggregator/contracts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  asPeer,
  asPrincipal,
  createOrchestratorBench,
  type TestOrchestrator,
} from '../../testing/start-orchestrator.ts';

describe('GET /v1/orchestrator/models', () => {
  const bench = createOrchestratorBench();
  let orchestrator: TestOrchestrator;
  beforeAll(async () => {
    orchestrator = await bench.start({
      environment: { OPENAI_API_KEY: 'sk-canary', OPENAI_BASE_URL: 'http://10.9.8.7:1234', MOCK_PROVIDER: 'true' },
    });
  });
  afterAll(() => bench.closeAll());

  const get = (headers: Record<string, string>) => fetch(`${orchestrator.url}/v1/orchestrator/models`, { headers });

  describe('200', () => {
    it('lists every model that is served, with its exact price in USD per unit', async () => {
      const { data } = modelList.parse(await (await get(await asPrincipal(['ai:invoke']))).json());

      expect(data.find(({ id }) => id === 'gpt-4o-mini')).toMatchObject({
        object: 'model',
        provider: 'openai',
        context_length: 128_000,
        max_output_tokens: 16_384,
        pricing: { prompt: '0.00000015', completion: '0.0000006', input_cache_read: '0.000000075' },
      });
      expect(data.find(({ id }) => id === 'gpt-5.5')?.context_length).toBe(1_000_000);
      expect(data.filter(({ provider }) => provider === 'mock').length).toBeGreaterThan(0);
    });

    it('returns no secret and no internal address', async () => {
      expect(await (await get(await asPrincipal(['ai:invoke']))).text()).not.toMatch(/canary|10\.9\.8\.7|127\.0\.0\.1/);
    });
  });

  describe('401 and 403', () => {
    it('refuses whom the gateway does not vouch for, and who may not invoke', async () => {
      expect((await get({})).status).toBe(401);
      expect((await get(await asPeer('api-gateway'))).status).toBe(401);
      expect((await get(await asPrincipal(['usage:read']))).status).toBe(403);
    });
  });
});
