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
  callProvider(pools.take({ name: 'p', baseUrl, isAddressTrusted }), endpoint, '{}', limits, collector);
  return (await collector.answer).status;
}

describe('a provider at a private address', () => {
  it('that somebody declared through the API is not called, whatever its name resolves to: nothing is sent', async () => {
    const pools = new ProviderPools({ connectionsMax: 4, allowlist: emptyAllowlist });
    const before = upstream.requests;
    for (const baseUrl of [upstream.url, upstream.url.replace('127.0.0.1', 'localhost')]) {
      await expect(call(pools, false, baseUrl)).rejects.toMatchObject({ code: 'upstream_misconfigured' });
    }
    expect(upstream.requests).toBe(before);
    await pools.close();
  });

  it('that the operator declared, or allows, is called', async () => {
    const allowing = new ProviderPools({ connectionsMax: 4, allowlist: createEgressAllowlist(['127.0.0.0/8']) });
    const trusting = new ProviderPools({ connectionsMax: 4, allowlist: emptyAllowlist });
    expect([await call(allowing, false), await call(trusting, true)]).toEqual([200, 200]);
    await Promise.all([allowing.close(), trusting.close()]);
  });
});

describe('the bulkhead of a provider', () => {
  it('takes no more requests than the provider, or else the proxy, allows', () => {
    const pools = new ProviderPools({ connectionsMax: 3, allowlist: emptyAllowlist });
    const narrow = { name: 'narrow', baseUrl: upstream.url, isAddressTrusted: true, concurrencyMax: 2 };
    pools.take(narrow).inFlight = 2;
    expect(() => pools.take(narrow)).toThrow('service_unavailable');
    const wide = { ...narrow, name: 'wide', concurrencyMax: 100 };
    pools.take(wide).inFlight = 3;
    expect(() => pools.take(wide)).toThrow('service_unavailable');
  });
});
