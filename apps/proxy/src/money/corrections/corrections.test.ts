import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { UsageCorrected } from '@aggregator/contracts';
import { judgeCorrection } from '@aggregator/pricing';
import { createUuidV7 } from '@aggregator/service-kit';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { DispatchedRequest } from '../dispatched-request.ts';
import { CorrectionFiles } from './correction-files.ts';
import { Corrections, type CorrectionsOptions } from './corrections.ts';

const settled = { time: '2026-11-20T10:00:00.000Z', usage: { inputUncached: 100 }, amountNanoUsd: '15000' };
const found = { result: 'found', usage: { inputUncached: 100, outputText: 50 } } as const;

let directory: string;
let nowMs: number;
let published: UsageCorrected[];
let reports: string[];
let record: Awaited<ReturnType<CorrectionsOptions['findRecord']>>;
let asked: number;
let open: Set<string>;
let isLogAway: boolean;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'aggregator-corrections-'));
  [nowMs, published, reports, record, asked] = [0, [], [], { result: 'unknown' }, 0];
  [open, isLogAway] = [new Set(), false];
});
afterEach(() => rm(directory, { recursive: true, force: true }));

function createRequest(orgId = createUuidV7()): DispatchedRequest {
  return {
    ...{ requestId: createUuidV7(), attempt: 1, earlier: [], orgId, userId: createUuidV7(), keyId: null },
    operation: 'chat.completions',
    provider: {
      ...{ name: 'mock', type: 'Mock', baseUrl: 'http://127.0.0.1:9/v1', isAddressTrusted: true },
      ...{ credentialRef: 'none', options: {} },
    },
    model: 'some-model',
    price: { version: 'p/1', rates: { inputUncached: '150000', outputText: '600000' } },
    isStreamed: true,
    dispatchedAt: new Date().toISOString(),
    ...{ inputTokensMax: 500, outputTokensMax: 100, inputTokensEstimate: 100 },
    tokensSubject: null,
  };
}

/** As a process opens them, or the one after it. */
async function openCorrections(): Promise<Corrections> {
  const corrections = new Corrections({
    files: new CorrectionFiles(join(directory, 'corrections')),
    async findRecord() {
      asked += 1;
      return record;
    },
    async publish(event) {
      if (isLogAway) throw new Error('the event log is away');
      published.push(event);
    },
    isOpen: (requestId) => open.has(requestId),
    monotonicNow: () => nowMs,
    now: () => Date.UTC(2026, 10, 20) + nowMs,
    onCorrected: (_pending, event) => void reports.push(event === null ? 'unchanged' : 'corrected'),
    onGivenUp: (_requestId, reason) => void reports.push(reason),
    onError: () => void reports.push('error'),
  });
  await corrections.open();
  return corrections;
}

const filesLeft = () => readdir(join(directory, 'corrections'));

async function pass(corrections: Corrections, ms: number): Promise<void> {
  nowMs += ms;
  await corrections.step();
}

describe('a request that was settled by an estimate', () => {
  it('has the age of the request that waits for longest, over a restart', async () => {
    const hourMs = 3_600_000;
    const corrections = await openCorrections();
    expect(corrections.oldestMs).toBe(0);
    await corrections.add(createRequest(), settled);
    await corrections.add(createRequest(), { ...settled, time: '2026-11-20T11:00:00.000Z' });
    nowMs = 12 * hourMs;
    expect(corrections.oldestMs).toBe(2 * hourMs);
    expect((await openCorrections()).oldestMs).toBe(2 * hourMs);
  });

  it('is corrected by the provider’s record as soon as that comes, at the pinned price', async () => {
    const corrections = await openCorrections();
    const request = createRequest();
    await corrections.add(request, settled);
    await pass(corrections, 999);
    expect(asked).toBe(0);
    await pass(corrections, 1);
    expect([asked, published]).toEqual([1, []]);
    record = found;
    await pass(corrections, 1000);

    expect(published).toMatchObject([
      {
        ...{ schema: 'usage.corrected/1', eventId: `${request.requestId}/correction`, orgId: request.orgId, settled },
        actual: { usage: found.usage, amountNanoUsd: '45000' },
      },
    ]);
    expect(published.map(judgeCorrection)).toMatchObject([{ result: 'postable', differenceNanoUsd: 30_000n }]);
    expect([reports, corrections.size, await filesLeft()]).toEqual([['corrected'], 0, []]);
    await pass(corrections, 86_400_000);
    expect(published).toHaveLength(1);
  });

  it('is corrected to nothing if the provider never saw it, and to its bounds if the record is beyond them', async () => {
    const corrections = await openCorrections();
    await corrections.add(createRequest(), settled);
    record = { result: 'absent' };
    await pass(corrections, 1000);
    await corrections.add(createRequest(), settled);
    record = { result: 'found', usage: { inputUncached: 100, outputText: 1_000_000 } };
    await pass(corrections, 1000);

    expect(published.map(({ actual }) => actual.amountNanoUsd)).toEqual(['0', '75000']);
    expect(published.map((event) => judgeCorrection(event).result)).toEqual(['postable', 'postable']);
    expect(published[1]?.reportedUsage).toEqual(record.usage);
  });

  it('publishes nothing if the estimate was the truth', async () => {
    const corrections = await openCorrections();
    await corrections.add(createRequest(), settled);
    record = { result: 'found', usage: { inputUncached: 100, outputText: 0 } };
    await pass(corrections, 1000);
    expect([published, reports, await filesLeft()]).toEqual([[], ['unchanged'], []]);
  });

  it('keeps its estimate if the provider says nothing in twenty tries, and that is reported', async () => {
    const corrections = await openCorrections();
    await corrections.add(createRequest(), settled);
    for (let hour = 0; hour < 100; hour += 1) await pass(corrections, 3_600_000);
    expect([asked, reports, corrections.size, await filesLeft()]).toEqual([20, ['no_record'], 0, []]);
  });

  it('is corrected by the next process if this one dies (I1)', async () => {
    const request = createRequest();
    await (await openCorrections()).add(request, settled);
    const next = await openCorrections();
    record = found;
    await pass(next, 1000);
    expect(published).toMatchObject([{ requestId: request.requestId, actual: { amountNanoUsd: '45000' } }]);
  });

  it('has the same event again if the process dies between publishing and its note (I7)', async () => {
    const corrections = await openCorrections();
    await corrections.add(createRequest(), settled);
    record = found;
    isLogAway = true;
    await pass(corrections, 1000);
    expect([published, reports]).toEqual([[], ['error']]);
    isLogAway = false;
    // What the provider says meanwhile does not count any more.
    record = { result: 'absent' };
    const next = await openCorrections();
    await pass(next, 5000);
    await pass(corrections, 5000);
    expect(published).toHaveLength(2);
    expect(published[1]).toEqual(published[0]);
  });

  it('is left to recovery if the process died before its settlement was written (I1)', async () => {
    const request = createRequest();
    await (await openCorrections()).add(request, settled);
    open.add(request.requestId);
    const next = await openCorrections();
    expect([next.size, await filesLeft()]).toEqual([0, []]);
  });

  it('keeps its estimate beyond the bounds of an organisation and of all (I12)', async () => {
    const corrections = await openCorrections();
    const orgId = createUuidV7();
    await Promise.all(Array.from({ length: 101 }, () => corrections.add(createRequest(orgId), settled)));
    expect([corrections.size, reports]).toEqual([100, ['queue_full']]);
    await Promise.all(Array.from({ length: 901 }, () => corrections.add(createRequest(), settled)));
    expect([corrections.size, reports]).toEqual([1000, ['queue_full', 'queue_full']]);
  });

  it('is reported if its file is damaged or cannot be written, and others continue', async () => {
    const corrections = await openCorrections();
    await writeFile(join(directory, 'corrections', `${createUuidV7()}.json`), '{"half":');
    await corrections.add(createRequest(), settled);
    const next = await openCorrections();
    expect([next.size, reports]).toEqual([1, ['unreadable']]);
    await rm(join(directory, 'corrections'), { recursive: true });
    await next.add(createRequest(), settled);
    expect([next.size, reports]).toEqual([1, ['unreadable', 'disk']]);
  });
});
