import { routeChange, routePage, routeRow } from '@aggregator/contracts';
import { indexSnapshot } from '@aggregator/routing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createOrchestratorBench, manage, type TestOrchestrator } from '../../testing/start-orchestrator.ts';

const small = { provider: 'mock', model: 'mock-small' };
const large = { provider: 'mock', model: 'mock-large' };

describe('routes', () => {
  const bench = createOrchestratorBench();
  let orchestrator: TestOrchestrator;
  beforeAll(async () => {
    orchestrator = await bench.start();
  });
  afterAll(() => bench.closeAll());

  const call = (method: Parameters<typeof manage>[1], path: string, body?: unknown) =>
    manage(orchestrator, method, path, body);

  it('are put whole, published as one version each, and served under their name', async () => {
    const { status, body } = await call('PUT', '/routes/chat', { candidates: [small] });
    const made = routeChange.parse(body);

    expect(status).toBe(200);
    expect(made.route).toMatchObject({
      name: 'chat',
      strategy: 'weighted',
      isSticky: false,
      resume: 'verified',
      mayFailOverOnPolicy: false,
      candidates: [{ ...small, priority: 0, weight: 1 }],
    });
    const settings = { strategy: 'latency', isSticky: true, resume: 'off', mayFailOverOnPolicy: true };
    const candidates = [
      { ...large, priority: 1, weight: 3 },
      { ...small, priority: 0, weight: 0 },
    ];
    const changed = routeChange.parse((await call('PUT', '/routes/chat', { ...settings, candidates })).body);

    expect(changed.snapshot.version).toBe(made.snapshot.version + 1);
    expect(changed.route).toEqual({
      name: 'chat',
      ...settings,
      candidates,
      source: 'api',
      createdAt: made.route.createdAt,
      ...{ changedBy: made.route.changedBy, changedAt: expect.any(String) },
    });
    expect(orchestrator.context.feed.current?.routes).toEqual([{ name: 'chat', ...settings, candidates }]);
    const current = orchestrator.context.feed.current;
    expect(current && indexSnapshot(current).byName.has('chat')).toBe(true);
    expect(routeRow.parse((await call('GET', '/routes/chat')).body)).toEqual(changed.route);
  });

  it('are listed by name, page by page', async () => {
    for (const name of ['gpt-4o', 'r1', 'r2']) await call('PUT', `/routes/${name}`, { candidates: [small] });
    const first = routePage.parse((await call('GET', '/routes?limit=2')).body);
    const second = routePage.parse((await call('GET', `/routes?limit=100&cursor=${first.nextCursor}`)).body);

    expect(first.data.map(({ name }) => name)).toEqual(['chat', 'gpt-4o']);
    expect(second.data.map(({ name }) => name)).toEqual(['r1', 'r2']);
    expect(second.nextCursor).toBeNull();
    expect(await call('GET', '/routes?limit=101')).toMatchObject({ status: 400 });
    expect(await call('GET', '/routes?offset=3')).toMatchObject({ status: 400, body: { code: 'unknown_field' } });
  });

  it('are taken away as one version', async () => {
    await call('PUT', '/routes/gone', { candidates: [small] });
    const version = orchestrator.context.feed.current?.version ?? 0;

    expect(await call('DELETE', '/routes/gone')).toMatchObject({
      status: 200,
      body: { snapshot: { version: version + 1 } },
    });
    expect(await call('DELETE', '/routes/gone')).toMatchObject({ status: 404 });
    expect(await call('GET', '/routes/gone')).toMatchObject({ status: 404 });
  });

  it.each([
    ['/routes/x', { candidates: [] }, 'invalid_value', 'candidates'],
    ['/routes/x', { candidates: [{ provider: 'mock', model: 'no-such' }] }, 'invalid_value', 'candidates[0]'],
    ['/routes/x', { candidates: [small, small] }, 'invalid_value', 'candidates[1]'],
    ['/routes/x', { candidates: [small], strategy: 'fastest' }, 'invalid_value', 'strategy'],
    ['/routes/x', { candidates: [small], prefer: 'x' }, 'unknown_field', 'prefer'],
    ['/routes/x', { candidates: [{ ...small, weight: -1 }] }, 'invalid_value', 'candidates[0].weight'],
    ['/routes/a%2Fb', { candidates: [small] }, 'invalid_value', 'name'],
  ])('refuse at %s the body %j, and nothing changes', async (path, body, code, param) => {
    const before = orchestrator.context.feed.current;

    expect(await call('PUT', path, body)).toMatchObject({ status: 400, body: { code, param } });
    expect(orchestrator.context.feed.current).toBe(before);
  });
});
