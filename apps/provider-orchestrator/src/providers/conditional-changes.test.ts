import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createOrchestratorBench, manage, type TestOrchestrator } from '../testing/start-orchestrator.ts';

const model = { operations: ['chat.completions'], contextLength: 1000, price: { input: '1', output: '2' } };
const provider = {
  name: 'p',
  type: 'OpenAICompatible',
  baseUrl: 'https://example.com/v1',
  models: [{ id: 'm', ...model }],
};
const route = (weight: number) => ({ candidates: [{ provider: 'p', model: 'm', weight }] });

describe('a change of the registry that names an ETag', () => {
  const bench = createOrchestratorBench();
  let orchestrator: TestOrchestrator;
  beforeAll(async () => {
    orchestrator = await bench.start();
    await manage(orchestrator, 'POST', '/providers', provider);
    await manage(orchestrator, 'PUT', '/routes/r', route(1));
  });
  afterAll(() => bench.closeAll());

  const tagOf = async (path: string) => (await manage(orchestrator, 'GET', path)).headers.get('etag') ?? '';
  const statusOf = async (method: 'PATCH' | 'PUT' | 'DELETE', path: string, tag: string, body?: unknown) =>
    (await manage(orchestrator, method, path, body, { 'if-match': tag })).status;

  it('is made once for a provider with any health, and rejected with 412 for a tag that is old', async () => {
    const tag = await tagOf('/providers/p');
    orchestrator.context.health.record('p', 'upstream_timeout', 0);
    expect(await tagOf('/providers/p')).not.toBe(tag);

    expect(await statusOf('PATCH', '/providers/p', tag, { concurrencyMax: 5 })).toBe(200);
    expect(await statusOf('PATCH', '/providers/p', tag, { concurrencyMax: 6 })).toBe(412);
    expect(await statusOf('PUT', '/providers/p/models', tag, { models: [{ id: 'm', ...model }] })).toBe(412);
    expect(await statusOf('DELETE', '/providers/p', tag)).toBe(412);
  });

  it('is shown with who made it, and when, of providers and routes alike', async () => {
    const changedBy = '0192f0c0-0000-7000-8000-000000000002';
    const read = async (path: string) => (await manage(orchestrator, 'GET', path)).body;
    for (const path of ['/providers/p', '/routes/r']) {
      expect(await read(path)).toMatchObject({ changedBy, changedAt: expect.stringMatching(/Z$/) });
    }
    const rows = [
      { name: 'mock', changedBy: null, changedAt: null },
      { name: 'p', changedBy },
    ];
    expect(await read('/providers')).toMatchObject({ data: rows });
    expect(await read('/routes')).toMatchObject({ data: [{ name: 'r', changedBy }] });
    const put = await manage(orchestrator, 'PUT', '/routes/r', route(5));
    expect(put.body).toMatchObject({ route: await read('/routes/r') });
    expect(put.body).toMatchObject({ route: { changedBy } });
  });

  it('is made once for a route', async () => {
    const tag = await tagOf('/routes/r');
    expect(await statusOf('PUT', '/routes/r', tag, route(2))).toBe(200);
    expect(await statusOf('PUT', '/routes/r', tag, route(3))).toBe(412);
    expect(await statusOf('DELETE', '/routes/r', tag)).toBe(412);
    expect(await statusOf('DELETE', '/routes/r', await tagOf('/routes/r'))).toBe(200);
    expect(await statusOf('DELETE', '/routes/r', '*')).toBe(412);
  });
});
