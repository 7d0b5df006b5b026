import { providerPage } from '@aggregator/contracts';
import { afterAll, describe, expect, it } from '@jest/globals';
import { asPrincipal, createOrchestratorBench } from '../../testing/start-orchestrator.ts';

describe('GET /v1/orchestrator/providers', () => {
  const bench = createOrchestratorBench();
  afterAll(() => bench.closeAll());

  it('answers 200 with each provider, and where its credential is but not what it is', async () => {
    const { url } = await bench.start({ environment: { OPENAI_API_KEY: 'sk-canary', MOCK_PROVIDER: 'true' } });
    const headers = await asPrincipal(['providers:manage']);
    const text = await (await fetch(`${url}/v1/orchestrator/providers`, { headers })).text();
    const { data, nextCursor } = providerPage.parse(JSON.parse(text));

    expect(data).toMatchObject([
      { name: 'mock', type: 'Mock', source: 'environment', enabled: true, unpricedModels: 0 },
      { name: 'openai', baseUrl: 'https://api.openai.com/v1', credentials: [{ ref: 'env:OPENAI_API_KEY' }] },
    ]);
    expect(data[1]?.models).toBeGreaterThan(data[1]?.unpricedModels ?? 0);
    expect(nextCursor).toBeNull();
    expect(text).not.toContain('canary');
  });

  it('answers 403 to who may not manage providers', async () => {
    const { url } = await bench.start();
    const headers = await asPrincipal(['ai:invoke', 'usage:read']);

    expect((await fetch(`${url}/v1/orchestrator/providers`, { headers })).status).toBe(403);
  });

  it('returns 503 when the database is gone, and still lists the models', async () => {
    const { url, context } = await bench.start({ environment: { LOG_LEVEL: 'error' } });
    await context.database.$executeRaw`ALTER TABLE provider RENAME TO gone`;

    const providers = await fetch(`${url}/v1/orchestrator/providers`, {
      headers: await asPrincipal(['providers:manage']),
    });
    expect(providers.status).toBe(503);
    expect(await providers.json()).toMatchObject({ code: 'service_unavailable' });
    expect((await fetch(`${url}/v1/orchestrator/models`, { headers: await asPrincipal(['ai:invoke']) })).status).toBe(
      200,
    );
  });
});
