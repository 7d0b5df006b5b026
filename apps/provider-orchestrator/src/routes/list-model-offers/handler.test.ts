import { modelOffers } from '@aggregator/contracts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { asPeer, createOrchestratorBench, type TestOrchestrator } from '../../testing/start-orchestrator.ts';

describe('GET /internal/model-offers', () => {
  const bench = createOrchestratorBench();
  let orchestrator: TestOrchestrator;
  beforeAll(async () => {
    orchestrator = await bench.start({ environment: { OPENAI_API_KEY: 'sk-canary', MOCK_PROVIDER: 'true' } });
  });
  afterAll(() => bench.closeAll());

  const get = (headers: Record<string, string>, query = '?organizationId=0190a000-0000-7000-8000-00000000000a') =>
    fetch(`${orchestrator.url}/internal/model-offers${query}`, { headers });

  it('returns priced models with what they can do, and the vendor’s price of a batch', async () => {
    const text = await (await get(await asPeer('billing'))).text();
    const { data } = modelOffers.parse(JSON.parse(text));

    expect(data.find(({ model }) => model === 'gpt-4o-mini')).toMatchObject({
      ...{ provider: 'openai', type: 'OpenAI', contextLength: 128_000, maxOutputTokens: 16_384, batchPricePercent: 50 },
      rates: { inputUncached: '150000', cacheRead: '75000', outputText: '600000' },
    });
    expect(data.find(({ provider }) => provider === 'mock')?.batchPricePercent).toBeNull();
    expect(text).not.toMatch(/canary/);
  });

  it('answers 401 to any caller but billing, and 400 without an organisation', async () => {
    expect((await get({})).status).toBe(401);
    expect((await get(await asPeer('proxy'))).status).toBe(401);
    expect((await get(await asPeer('billing'), '')).status).toBe(400);
  });
});
