import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { SseParser } from '@aggregator/providers';
import { describe, expect, it } from '@jest/globals';
import { readLedgerFile } from './ledger-file.ts';
import { chat, RunningMock } from './testing/running-mock.ts';

const mock = new RunningMock();

/** Leaves in the midst of an answer, after so many tokens of it. */
async function leaveAfter(tokens: number, attemptId: string): Promise<number> {
  const leaving = new AbortController();
  const response = await mock.post('/chat/completions', { ...chat, stream: true }, attemptId, leaving.signal);
  const parser = new SseParser();
  let seen = -1;
  try {
    for await (const bytes of response.body ?? []) {
      seen += parser.push(Buffer.from(bytes)).length;
      if (seen >= tokens) leaving.abort();
    }
  } catch {
    // The abort itself.
  }
  return seen;
}

describe('an attempt whose caller leaves', () => {
  it('is charged at once for what was generated, and no more is generated', async () => {
    await mock.start({ chunkDelayMs: 5, wordsPerAnswer: 10_000 });
    const seen = await leaveAfter(3, 'left/1');
    const record = await mock.lookUp('left/1');
    expect(mock.lastRecord).toMatchObject({ state: 'aborted', promptTokens: 5, status: 200 });
    const { completionTokens = 0 } = mock.lastRecord ?? {};
    expect(completionTokens).toBeGreaterThanOrEqual(seen);
    expect(completionTokens).toBeLessThan(1_000);
    expect(record).toEqual({ result: 'found', usage: { inputUncached: 5, outputText: completionTokens } });
  });

  it('is charged its prompt alone if nothing was generated yet', async () => {
    await mock.start({ latencyMs: 60_000 });
    const leaving = new AbortController();
    const answer = mock.post('/chat/completions', chat, 'early/1', leaving.signal);
    await mock.waitUntil(() => mock.lastRecord?.model === 'mock-small');
    leaving.abort();
    await expect(answer).rejects.toThrow();
    expect(await mock.lookUp('early/1')).toEqual({ result: 'found', usage: { inputUncached: 5, outputText: 0 } });
  });

  it('is charged nothing if its body never came whole', async () => {
    await mock.start();
    const request = httpRequest(`${mock.server.url}/chat/completions`, {
      method: 'POST',
      headers: { 'x-request-id': 'torn/1', 'content-length': 100 },
    });
    request.on('error', () => undefined);
    request.write('{"model":');
    await mock.waitUntil(() => mock.lastRecord !== undefined);
    request.destroy();
    expect(await mock.lookUp('torn/1')).toEqual({ result: 'found', usage: { inputUncached: 0, outputText: 0 } });
  });
});

describe('the record of an attempt', () => {
  it('proves by its absence that the attempt never came', async () => {
    await mock.start();
    expect(await mock.lookUp('never/1')).toEqual({ result: 'absent' });
  });

  it('waits for the end of a running attempt, then reports it as unsettled', async () => {
    await mock.start({ faults: () => ({ kind: 'stall', afterChunks: 1 }) });
    const leaving = new AbortController();
    await mock.post('/chat/completions', { ...chat, stream: true }, 'slow/1', leaving.signal);
    const settled = mock.server.ledger.waitUntilSettled('slow/1', 60_000);
    leaving.abort();
    await settled;
    expect(await mock.lookUp('slow/1')).toMatchObject({ result: 'found' });
    const again = new AbortController();
    await mock.post('/chat/completions', { ...chat, stream: true }, 'slow/2', again.signal);
    const askedAt = performance.now();
    expect(await mock.lookUp('slow/2')).toEqual({ result: 'unsettled' });
    expect(performance.now() - askedAt).toBeGreaterThan(90);
    again.abort();
  });

  it('sums what came twice under one id, so that a repeat is seen', async () => {
    await mock.start();
    await mock.post('/chat/completions', { ...chat, max_tokens: 2 }, 'twice/1');
    await mock.post('/chat/completions', { ...chat, max_tokens: 2 }, 'twice/1');
    expect(await mock.lookUp('twice/1')).toEqual({ result: 'found', usage: { inputUncached: 10, outputText: 4 } });
  });

  it('is a line of the ledger', async () => {
    await mock.start();
    await mock.post('/chat/completions', chat, 'a/1');
    await mock.post('/embeddings', { model: 'mock-embedding', input: 'x y' }, 'b/1');
    const lines = (await (await fetch(`${mock.server.url}/ledger`)).text()).trim().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { attemptId: 'a/1' },
      { attemptId: 'b/1', promptTokens: 2, amountNanoUsd: '40' },
    ]);
  });

  it('outlives the process in the ledger file, torn at any byte, and what was open is settled', async () => {
    const { ledgerPath } = mock;
    await mock.start({ ledgerPath });
    await mock.post('/chat/completions', { ...chat, max_tokens: 2 }, 'done/1');
    const whole = readFileSync(ledgerPath).length;
    await mock.post('/chat/completions', { ...chat, max_tokens: 2 }, 'open/1');
    const [, , begun = ''] = readFileSync(ledgerPath, 'utf8').split('\n');
    await mock.close();
    for (const torn of [0, 1, 40, begun.length - 1]) {
      truncateSync(ledgerPath, whole + begun.length + 1 + torn);
      await mock.start({ ledgerPath });
      expect(await mock.lookUp('done/1')).toEqual({ result: 'found', usage: { inputUncached: 5, outputText: 2 } });
      expect(await mock.lookUp('open/1')).toEqual({ result: 'found', usage: { inputUncached: 5, outputText: 0 } });
      expect(mock.lastRecord).toMatchObject({ state: 'interrupted', amountNanoUsd: '750' });
      await mock.close();
    }
    writeFileSync(ledgerPath, 'junk\n', { flag: 'a' });
    await mock.start({ ledgerPath });
    await mock.post('/chat/completions', { ...chat, max_tokens: 2 }, 'later/1');
    expect(mock.server.ledger.records().map((record) => [record.sequence, record.state])).toEqual([
      [1, 'completed'],
      [2, 'interrupted'],
      [3, 'completed'],
    ]);
  });

  it('is not lost behind a line that a kill has torn', async () => {
    const { ledgerPath } = mock;
    writeFileSync(ledgerPath, '{"sequence":1,"att');
    await mock.start({ ledgerPath, faults: () => ({ kind: 'stall', afterChunks: 1 }) });
    await mock.post('/chat/completions', { ...chat, stream: true }, 'after/1');
    expect(readLedgerFile(ledgerPath)).toMatchObject([{ attemptId: 'after/1', state: 'open', promptTokens: 5 }]);
  });

  it('is forgotten oldest first above the bound', async () => {
    await mock.start({ ledgerRecordsMax: 3 });
    for (const id of ['a', 'b', 'c', 'd', 'e']) await mock.post('/chat/completions', { ...chat, max_tokens: 1 }, id);
    expect(mock.server.ledger.records().map((record) => record.attemptId)).toEqual(['c', 'd', 'e']);
    expect(mock.server.ledger.find('a')).toEqual([]);
  });
});
