import { type ProviderTraffic, type ProxyReport, routingState } from '@aggregator/contracts';
import { waitFor } from '@aggregator/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { asPeer, createOrchestratorBench, type TestOrchestrator } from '../../testing/start-orchestrator.ts';

const quiet = { breaker: 'closed' as const, attempts: 0, failures: 0, p95Ms: null, inFlight: 0, unauthorized: 0 };
const traffic = (provider: string, change: Partial<ProviderTraffic> = {}) => ({ ...quiet, provider, ...change });

function report(proxyId: string, change: Partial<ProxyReport> = {}): ProxyReport {
  const snapshot = { epoch: 1, version: 1, result: 'ack' as const, problems: [] };
  return { proxyId, instance: `pod-${proxyId}`, snapshot, requestsInFlight: 0, providers: [], ...change };
}

describe('POST /internal/proxies/reports', () => {
  const bench = createOrchestratorBench();
  let first: TestOrchestrator;
  let second: TestOrchestrator;
  let nowMs = Date.UTC(2026, 10, 28);
  beforeAll(async () => {
    first = await bench.start({ now: () => nowMs });
    second = await bench.start({ databaseUrl: first.databaseUrl, now: () => nowMs });
  });
  beforeEach(() => {
    nowMs += 61_000;
  });
  afterAll(() => bench.closeAll());

  const post = async (at: TestOrchestrator, body: unknown, headers?: Record<string, string>) =>
    await fetch(`${at.url}/internal/proxies/reports`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(headers ?? (await asPeer('proxy'))) },
      body: JSON.stringify(body),
    });
  const readState = async (at: TestOrchestrator) => {
    const answer = await fetch(`${at.url}/internal/routing-state`, { headers: await asPeer('provider-operator') });
    return routingState.parse(await answer.json());
  };
  const idsAt = async (at: TestOrchestrator) => (await readState(at)).proxies.map(({ proxyId }) => proxyId);

  it('is returned by every instance as the last report of each proxy', async () => {
    await post(first, report('b'));
    const answer = await post(second, report('a', { requestsInFlight: 3 }));
    nowMs += 1;
    await post(second, report('b', { snapshot: null }));

    expect(answer.status).toBe(204);
    const expected = [
      expect.objectContaining({ proxyId: 'a', instance: 'pod-a', requestsInFlight: 3 }),
      expect.objectContaining({ proxyId: 'b', snapshot: null, lastSeenAt: new Date(nowMs).toISOString() }),
    ];
    for (const at of [first, second]) {
      await waitFor(async () => (await readState(at)).proxies.some(({ snapshot }) => snapshot === null), {
        describe: 'the last word',
      });
      const { epoch, version, proxies } = await readState(at);
      expect({ epoch, version }).toEqual({ epoch: first.context.feed.current?.epoch, version: 1 });
      expect(proxies).toEqual(expected);
    }
  });

  it('joins what all proxies say of a provider: the worst breaker and p95, the sums of the rest', async () => {
    const ill = { breaker: 'half_open' as const, attempts: 5, failures: 2, p95Ms: 300, inFlight: 1, unauthorized: 1 };
    await post(first, report('a', { providers: [traffic('mock', ill), traffic('drained', { inFlight: 2 })] }));
    await post(first, report('b', { providers: [traffic('mock', { ...ill, breaker: 'open', p95Ms: 200 })] }));
    await post(first, report('c', { providers: [traffic('mock')] }));
    const { providers } = await readState(first);
    const health = { state: 'unknown', since: null, lastProbeAt: null, reason: null };

    expect(providers).toEqual([
      { ...traffic('drained', { inFlight: 2 }), health },
      {
        provider: 'mock',
        breaker: 'open',
        attempts: 10,
        failures: 4,
        p95Ms: 300,
        inFlight: 2,
        unauthorized: 2,
        health,
      },
    ]);
  });

  it('counts a proxy no longer that was silent for a minute, and forgets it after ten', async () => {
    await post(first, report('a'));
    nowMs += 60_000;
    expect(await idsAt(first)).toEqual(['a']);
    nowMs += 1;
    expect(await idsAt(first)).toEqual([]);
    nowMs += 600_000;
    await post(first, report('b'));

    const rows = () => first.context.database.proxyReport.findMany({ select: { proxyId: true } });
    await waitFor(async () => (await rows()).every(({ proxyId }) => proxyId === 'b'), { describe: 'the rest to go' });
  });

  it('is accepted and returned while the database is away, and written when it is back', async () => {
    const { database } = first.context;
    await database.$executeRaw`ALTER TABLE proxy_report RENAME TO proxy_report_away`;
    const answer = await post(first, report('a'));

    expect(answer.status).toBe(204);
    expect(await idsAt(first)).toEqual(['a']);
    await database.$executeRaw`ALTER TABLE proxy_report_away RENAME TO proxy_report`;
    await waitFor(async () => (await idsAt(second)).includes('a'), { describe: 'the report at the other instance' });
  });

  it('answers 400 to what is no report, and 401 to everybody but proxies; peers alone see the state', async () => {
    expect((await post(first, { ...report('a'), proxyId: '' })).status).toBe(400);
    expect((await post(first, report('a'), await asPeer('api-gateway'))).status).toBe(401);
    expect((await fetch(`${first.url}/internal/routing-state`)).status).toBe(401);
  });
});
