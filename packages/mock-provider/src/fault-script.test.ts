import { type MockFault, type ProviderSpec, toMockScript } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import { adapter, chat, RunningMock, readChat } from './testing/running-mock.ts';

const mock = new RunningMock();

/** A request as the proxy sends it to a Provider that is declared so. */
async function ask(spec: ProviderSpec['mock'], stream = true, signal?: AbortSignal): Promise<Response> {
  const target = { ...mock.target('scripted/1'), options: toMockScript(spec) };
  const { endpoint, body } = adapter.chat.toRequest({ ...chat, stream }, target);
  return fetch(endpoint.url, { ...endpoint, body, ...(signal !== undefined && { signal }) });
}

describe('a fault that a Provider declares', () => {
  const failing = async (fault: Omit<MockFault, 'percent'>, stream = true, signal?: AbortSignal) => {
    await mock.start({ wordsPerAnswer: 6 });
    return ask({ faults: [{ percent: 100, ...fault }] }, stream, signal);
  };

  it('Status refuses, and says when to come again', async () => {
    const response = await failing({ kind: 'Status', status: 503, retryAfterSeconds: 7 });
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '7']);
    expect(mock.lastRecord).toMatchObject({ state: 'refused', status: 503, amountNanoUsd: '0' });
  });

  it('Cut tears the stream after so many tokens', async () => {
    expect((await readChat(await failing({ kind: 'Cut', afterTokens: 3 }))).isTorn).toBe(true);
    expect(mock.lastRecord).toMatchObject({ state: 'failed', completionTokens: 3 });
  });

  it('Cut tears the connection before anything was said, by default', async () => {
    await expect(failing({ kind: 'Cut' })).rejects.toThrow();
  });

  it('Stall falls silent until the caller leaves', async () => {
    const left = new AbortController();
    const response = await failing({ kind: 'Stall', afterTokens: 2 }, true, left.signal);
    await mock.waitUntil(() => mock.lastRecord?.completionTokens === 2);
    left.abort();
    expect((await readChat(response)).isTorn).toBe(true);
    await mock.waitUntil(() => mock.lastRecord?.state === 'aborted');
    expect(mock.lastRecord).toMatchObject({ completionTokens: 2 });
  });

  it('Unterminated leaves out the end of the stream', async () => {
    expect(await (await failing({ kind: 'Unterminated' })).text()).not.toContain('[DONE]');
    expect(mock.lastRecord).toMatchObject({ state: 'completed' });
  });

  it('Malformed breaks one event', async () => {
    const { translator } = await readChat(await failing({ kind: 'Malformed', afterTokens: 2 }));
    expect(translator).toMatchObject({ isComplete: true, malformedEvents: 1 });
  });

  it('Endless heeds no limit', async () => {
    const { usage } = adapter.chat.fromResponse(await (await failing({ kind: 'Endless' }, false)).text());
    expect(usage?.outputText).toBeGreaterThan(100_000);
  });
});

describe('the script of a request', () => {
  it('happens to the declared share of the requests, the first fault that is drawn', async () => {
    const draws = [0.5, 0.5, 0.4, 0.6, 0.1];
    await mock.start({ random: () => draws.shift() ?? 0.99 });
    const faults: MockFault[] = [
      { kind: 'Status', status: 500, percent: 50 },
      { kind: 'Status', status: 429, percent: 51 },
    ];
    const statuses = [];
    for (let request = 0; request < 4; request += 1) statuses.push((await ask({ faults }, false)).status);
    expect(statuses).toEqual([429, 500, 429, 200]);
  });

  it('slows the answer and its tokens down', async () => {
    await mock.start({ wordsPerAnswer: 6 });
    const startedAt = performance.now();
    const response = await ask({ latency: '60ms', tokenInterval: '20ms' });
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(55);
    await response.text();
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(160);
  });

  it('slows a refusal down, too', async () => {
    await mock.start();
    const startedAt = performance.now();
    await ask({ latency: '60ms', faults: [{ kind: 'Status', status: 503, percent: 100 }] });
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(55);
  });

  it.each(['', 'Cut', '{"faults":[{"kind":"Cut","after":2}]}', '{"latencyMs":-1}'])(
    'is refused as %j',
    async (text) => {
      await mock.start();
      const response = await fetch(`${mock.server.url}/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-mock-script': text },
        body: JSON.stringify(chat),
      });
      expect(response.status).toBe(400);
      expect(mock.lastRecord).toMatchObject({ state: 'refused', amountNanoUsd: '0' });
    },
  );

  it('has no part in looking an attempt up', async () => {
    await mock.start();
    await ask({ faults: [{ kind: 'Status', status: 500, percent: 100 }] });
    expect(await mock.lookUp('scripted/1')).toMatchObject({ result: 'found', usage: { outputText: 0 } });
  });
});
