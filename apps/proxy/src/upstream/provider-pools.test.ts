import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { createEgressAllowlist, emptyAllowlist } from '@aggregator/service-kit';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ScriptedUpstream, startScriptedUpstream } from '../testing/scripted-upstream.ts';
import { callProvider } from './call-provider.ts';
import { AnswerCollector } from './collect-answer.ts';
import { ProviderPools } from './provider-pools.ts';

let upstream: ScriptedUpstream;
beforeAll(async () => {
  upstream = await startScriptedUpstream();
  upstream.answer = (_request, response) => void response.end('{}');
});
afterAll(() => upstream.close());

async function call(pools: ProviderPools, isAddressTrusted: boolean, baseUrl = upstream.url) {
  const collector = new AnswerCollector();
  const limits = { deadlineMs: performance.now() + 5000, firstLifeMs: 5000, idleMs: 5000 };
  const endpoint = {
    method: 'POST' as const,
    url: `${baseUrl}/chat/completions`,
    headers: { authorization: 'Bearer canary' },
  };
  callProvider(pools.take({ name: 'p', baseUrl, isAddressTrusted }, null), endpoint, '{}', limits, collector);
  return (await collector.answer).status;
}

describe('a provider at a private address', () => {
  it('that was declared through the API is not called, at any address of its name: nothing is sent', async () => {
    const pools = new ProviderPools({ connectionsMax: 4, allowlist: emptyAllowlist, proxies: {} });
    const before = upstream.requests;
    for (const baseUrl of [upstream.url, upstream.url.replace('127.0.0.1', 'localhost')]) {
      await expect(call(pools, false, baseUrl)).rejects.toMatchObject({ code: 'upstream_misconfigured' });
    }
    expect(upstream.requests).toBe(before);
    await pools.close();
  });

  it('that the operator declared, or allows, is called', async () => {
    const allowing = new ProviderPools({
      connectionsMax: 4,
      allowlist: createEgressAllowlist(['127.0.0.0/8']),
      proxies: {},
    });
    const trusting = new ProviderPools({ connectionsMax: 4, allowlist: emptyAllowlist, proxies: {} });
    expect([await call(allowing, false), await call(trusting, true)]).toEqual([200, 200]);
    await Promise.all([allowing.close(), trusting.close()]);
  });
});

describe('a provider behind the HTTP proxy of a company', () => {
  let proxy: Server;
  /** Targets that the proxy was asked for. */
  let asked: string[];
  let proxies: { httpProxy: string };
  beforeAll(async () => {
    asked = [];
    // Every name leads to the upstream: only the proxy can resolve it. Plain addresses are forwarded, others tunnelled.
    proxy = createServer(async (request, response) => {
      asked.push(request.url ?? '');
      if (new URL(request.url ?? '').hostname.startsWith('forbidden.')) return void response.writeHead(403).end();
      const answer = await fetch(upstream.url, { method: 'POST', body: '{}' });
      response.writeHead(answer.status).end(await answer.text());
    });
    proxy.on('connect', (request, near: Socket) => {
      asked.push(request.url ?? '');
      near.on('error', () => near.destroy()).end('HTTP/1.1 403 Forbidden\r\n\r\n');
    });
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    proxies = { httpProxy: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}` };
  });
  afterAll(() => {
    proxy.close();
  });
  const open = (noProxy?: string) =>
    new ProviderPools({ connectionsMax: 4, allowlist: emptyAllowlist, proxies: { ...proxies, noProxy } });

  it.each([true, false])(
    'is reached by a name that only the proxy resolves (operator set the address: %s)',
    async (isTrusted) => {
      const pools = open();
      expect(await call(pools, isTrusted, 'http://api.vendor.example.com')).toBe(200);
      expect(asked.pop()).toBe('http://api.vendor.example.com/chat/completions');
      await pools.close();
    },
  );

  it('is not called at a private address that a tenant declared: the proxy is not asked (I20)', async () => {
    const pools = open();
    asked.length = 0;
    for (const host of ['169.254.169.254', '10.0.0.1', 'localhost:9', 'vault.internal']) {
      await expect(call(pools, false, `http://${host}`)).rejects.toMatchObject({ code: 'upstream_misconfigured' });
    }
    expect(asked).toEqual([]);
    await pools.close();
  });

  it('is reached directly if the operator says so, and always on this machine', async () => {
    const pools = open('vendor.example.com');
    asked.length = 0;
    expect(await call(pools, true)).toBe(200);
    await expect(call(pools, true, 'http://api.vendor.example.com:1')).rejects.toMatchObject({
      code: 'upstream_unreachable',
    });
    expect(asked).toEqual([]);
    await pools.close();
  });

  it('is asked for as a tunnel if its address is https, and unreachable if the proxy refuses', async () => {
    const pools = open();
    await expect(call(pools, true, 'https://forbidden.example.com')).rejects.toMatchObject({
      code: 'upstream_unreachable',
    });
    expect(asked.pop()).toBe('forbidden.example.com:443');
    await pools.close();
  });
});

describe('the bulkhead of a provider', () => {
  it('takes no more requests than the provider, or else the proxy, allows', () => {
    const pools = new ProviderPools({ connectionsMax: 3, allowlist: emptyAllowlist, proxies: {} });
    const narrow = { name: 'narrow', baseUrl: upstream.url, isAddressTrusted: true, concurrencyMax: 2 };
    const leaves = [1, 2].map(() => pools.take(narrow, 'a').enter());
    expect(() => pools.take(narrow, 'a')).toThrow('service_unavailable');
    leaves[0]?.();
    expect(pools.take(narrow, 'a').name).toBe('narrow');
    const wide = { ...narrow, name: 'wide', concurrencyMax: 100 };
    for (let count = 0; count < 3; count += 1) pools.take(wide, null).enter();
    expect(() => pools.take(wide, null)).toThrow('service_unavailable');
  });

  it('leaves connections for other organisations when one takes all it can (I12)', () => {
    const pools = new ProviderPools({ connectionsMax: 2688, allowlist: emptyAllowlist, proxies: {} });
    const provider = { name: 'p', baseUrl: upstream.url, isAddressTrusted: true };
    const takeAll = (orgId: string): number => {
      for (let count = 0; ; count += 1) {
        try {
          pools.take(provider, orgId).enter();
        } catch {
          return count;
        }
      }
    };

    expect(takeAll('a')).toBeGreaterThanOrEqual(2000);
    expect(takeAll('b')).toBeGreaterThan(200);
    expect(pools.take(provider, 'c').name).toBe('p');
  });
});
