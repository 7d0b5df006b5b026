import { waitFor } from '@aggregator/testing';
import { afterEach, describe, expect, it } from '@jest/globals';
import { ProxyDiscovery, type ResolveHost } from './discover-proxies.ts';
import { ProxyPool } from './proxy-pool.ts';
import type { ProxyTarget } from './proxy-target.ts';

const first = '10.0.0.1';
const second = '10.0.0.2';

describe('proxies found by DNS', () => {
  const stop = new AbortController();
  const pools: ProxyPool[] = [];
  afterEach(async () => {
    await Promise.all(pools.splice(0).map((pool) => pool.close()));
  });

  function open(resolve: ResolveHost, urls = ['http://proxy:3003']) {
    const pool = new ProxyPool();
    pools.push(pool);
    const failures: string[] = [];
    const onFailed = (host: string) => void failures.push(host);
    return { pool, failures, discovery: new ProxyDiscovery({ pool, urls, intervalMs: 100, resolve, onFailed }) };
  }

  it('are one at each address, of both families, on the port of the URL', async () => {
    const { pool, discovery } = open(async () => ['fd00::1', first]);

    await discovery.refresh();

    expect(pool.urls).toEqual([`http://${first}:3003`, 'http://[fd00::1]:3003']);
  });

  it('come and go within the interval, and those that stay keep their connections', async () => {
    const state = { addresses: [first] };
    const { pool, discovery } = open(async () => state.addresses);
    await discovery.refresh();
    const stayed = pool.choose();
    void discovery.follow(stop.signal);

    state.addresses = [second, first];
    await waitFor(() => pool.urls.length === 2, { describe: 'the second proxy' });
    const all = new Set<ProxyTarget>();
    while (all.size < 2) all.add(pool.choose(all));
    expect(all.has(stayed)).toBe(true);
    state.addresses = [second];
    await waitFor(() => pool.urls.length === 1, { describe: 'the first to be gone' });
    stop.abort();

    expect(pool.urls).toEqual([`http://${second}:3003`]);
  });

  it('stay as they were when the look-up fails or finds none, which is reported once', async () => {
    const state: { answer: () => Promise<string[]> } = { answer: async () => [first] };
    const { pool, discovery, failures } = open(() => state.answer());
    await discovery.refresh();

    state.answer = async () => [];
    await discovery.refresh();
    expect(failures).toEqual(['proxy']);
    state.answer = async () => Promise.reject(new Error('SERVFAIL'));
    await discovery.refresh();

    expect(pool.urls).toEqual([`http://${first}:3003`]);
    expect(failures).toEqual(['proxy']);
  });

  it('are not waited for where the look-up hangs, nor asked for again meanwhile', async () => {
    const state = { asked: 0 };
    const { pool, discovery } = open(() => {
      state.asked += 1;
      return new Promise<string[]>(() => undefined);
    });
    const startedMs = performance.now();

    await discovery.refresh();
    await discovery.refresh();

    expect(performance.now() - startedMs).toBeLessThan(30_000);
    expect(state.asked).toBe(1);
    expect(() => pool.choose()).toThrow(expect.objectContaining({ code: 'service_unavailable' }));
  });
});
