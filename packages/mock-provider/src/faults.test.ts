import { SseParser } from '@aggregator/providers';
import { describe, expect, it } from '@jest/globals';
import type { Fault } from './faults.ts';
import { adapter, chat, RunningMock, readChat } from './testing/running-mock.ts';

const mock = new RunningMock();

describe('a fault of the mock provider', () => {
  const failing = async (fault: Fault, stream = true, more: object = {}) => {
    await mock.start({ faults: ({ attemptId }) => (attemptId === 'bad/1' ? fault : null), wordsPerAnswer: 6 });
    return mock.post('/chat/completions', { ...chat, stream, ...more }, 'bad/1');
  };

  it.each([
    [
      { kind: 'status', status: 429, retryAfterSeconds: 2 },
      { code: 'rate_limit_exceeded', retryAfterMs: 2000 },
    ],
    [
      { kind: 'status', status: 500 },
      { code: 'upstream_error', isRetryable: true },
    ],
    [
      { kind: 'status', status: 503 },
      { code: 'upstream_error', retryAfterMs: null },
    ],
  ] as const)('of %j is refused so, and charged nothing', async (fault, judgement) => {
    const response = await failing(fault);
    const headers = Object.fromEntries(response.headers);
    expect(adapter.classifyError(response.status, headers, await response.text())).toMatchObject(judgement);
    expect(mock.lastRecord).toMatchObject({ state: 'refused', status: fault.status, amountNanoUsd: '0' });
  });

  it('cuts a stream after so many tokens, and charges those', async () => {
    const { translator, isTorn } = await readChat(await failing({ kind: 'cut', afterChunks: 3 }));
    expect(isTorn).toBe(true);
    expect(translator).toMatchObject({ isComplete: false, hasLife: true });
    expect(mock.lastRecord).toMatchObject({ state: 'failed', completionTokens: 3 });
  });

  it.each([true, false])('cuts before the head, streamed: %s', async (stream) => {
    await expect(failing({ kind: 'cut', afterChunks: 0 }, stream)).rejects.toThrow();
    expect(mock.lastRecord).toMatchObject({ state: 'failed', status: null });
  });

  it('cuts a plain answer in its midst', async () => {
    const response = await failing({ kind: 'cut', afterChunks: 1 }, false);
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow();
  });

  it('breaks one event of a stream and continues', async () => {
    const { translator } = await readChat(await failing({ kind: 'malformed', beforeChunk: 2 }));
    expect(translator).toMatchObject({ isComplete: true, malformedEvents: 1 });
  });

  it('breaks a plain answer', async () => {
    const response = await failing({ kind: 'malformed', beforeChunk: 0 }, false);
    const body = await response.text();
    expect(() => adapter.chat.fromResponse(body)).toThrow(
      expect.objectContaining({ code: 'upstream_invalid_response' }),
    );
  });

  it('answers without end and without heed of the limit', async () => {
    const response = await failing({ kind: 'endless' }, true, { max_tokens: 2 });
    const parser = new SseParser();
    let events = 0;
    for await (const bytes of response.body ?? []) {
      events += parser.push(Buffer.from(bytes)).length;
      if (events > 100) break;
    }
    await mock.server.ledger.waitUntilSettled('bad/1', 5_000);
    expect(mock.lastRecord).toMatchObject({ state: 'aborted' });
    expect(mock.lastRecord?.completionTokens).toBeGreaterThan(90);
  });

  it('answers ten times too much in a plain answer', async () => {
    const { usage } = adapter.chat.fromResponse(
      await (await failing({ kind: 'endless' }, false, { max_tokens: 7 })).text(),
    );
    expect(usage?.outputText).toBe(70);
  });

  it('colours no other attempt', async () => {
    await failing({ kind: 'status', status: 500 });
    expect((await mock.post('/chat/completions', chat, 'good/1')).status).toBe(200);
  });
});
