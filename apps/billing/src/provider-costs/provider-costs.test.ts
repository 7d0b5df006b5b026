import { randomUUID } from 'node:crypto';
import { verifyAudit } from '@aggregator/database';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createProviderCostsCheck, isBeyond } from '../reconciliation/checks/compare-provider-costs.ts';
import { openWorld, type World } from '../testing/open-world.ts';
import { usageEvent } from '../testing/usage-event.ts';
import { readBookedCosts } from './booked-costs.ts';
import { keepCosts } from './keep-costs.ts';
import { type BookedCost, matchRecords } from './match-records.ts';
import { type ProviderRecord, parseCsv } from './parse-csv.ts';

const day = new Date('2026-11-20T00:00:00.000Z');
const nextDay = new Date('2026-11-21T00:00:00.000Z');

describe('a report in CSV', () => {
  it('is read with quotes, names of other vendors, times without a zone, and costs to the nano-USD', () => {
    const text =
      '\ufeffcreated_at,model_name,tokens_prompt,tokens_completion,cost,generation_id\r\n' +
      '2026-11-20 10:00:00,"a, ""b""",12,34,0.0000001234,GEN-1\r\n' +
      '1795168800,m,,,$12.5,\n';
    expect(parseCsv(text)).toEqual([
      {
        ...{ reference: 'gen-1', time: new Date('2026-11-20T10:00:00.000Z'), model: 'a, "b"' },
        ...{ inputTokens: 12, outputTokens: 34, costNanoUsd: 124n },
      },
      {
        ...{ reference: null, time: new Date(1_795_168_800_000), model: 'm' },
        ...{ inputTokens: null, outputTokens: null, costNanoUsd: 12_500_000_000n },
      },
    ]);
  });

  it.each([
    ['', 'the report is empty'],
    ['model,cost\nm,1\n', 'the header has none of time'],
    ['time,model\n2026-11-20,m\n', 'the header has none of cost_usd'],
    ['time,cost\nsoon,1\n', 'line 2: "soon" is no time'],
    ['time,cost\n2026-11-20,-1\n', 'line 2: "-1" is no cost'],
    ['time,cost\n2026-11-20,1e3\n', 'line 2: "1e3" is no cost'],
    ['time,cost,input_tokens\n2026-11-20,1,x\n', 'line 2: "x" is no number'],
    ['time,cost\n"2026-11-20,1\n', 'a quote is not closed'],
  ])('is rejected if it is %j', (text, message) => {
    expect(() => parseCsv(text)).toThrow(message);
  });
});

describe('matching', () => {
  const one = (requestId: string, minute: number, costNanoUsd: bigint, tokens = 5): BookedCost => ({
    ...{ requestId, model: 'm', inputTokens: tokens, outputTokens: 1, costNanoUsd },
    time: new Date(day.getTime() + minute * 60_000),
  });
  const record = (reference: string | null, minute: number, costNanoUsd: bigint, tokens = 5): ProviderRecord => ({
    ...{ reference, model: 'm', inputTokens: tokens, outputTokens: 1, costNanoUsd },
    time: new Date(day.getTime() + minute * 60_000),
  });

  it('takes the request id first, then the same tokens nearest in time, each request once', () => {
    const booked = [one('a', 0, 10n), one('b', 1, 10n), one('c', 2, 10n), one('d', 300, 10n)];
    const records = [record(null, 2, 10n), record('a/1', 2, 11n), record(null, 2, 10n), record(null, 2, 10n)];
    const { matched, differing, onlyAtProvider, onlyBooked } = matchRecords(records, booked);

    expect(matched).toBe(3);
    expect(differing.map(({ booked: { requestId }, record: { costNanoUsd } }) => [requestId, costNanoUsd])).toEqual([
      ['a', 11n],
    ]);
    expect(onlyAtProvider).toHaveLength(1);
    expect(onlyBooked.map(({ requestId }) => requestId)).toEqual(['d']);
  });
});

describe('R3', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld();
  });
  afterAll(() => world.close());

  it('books the cost of failed attempts at their own provider, and finds a day that the provider reports otherwise', async () => {
    const orgId = await world.fund(10n ** 12n);
    const requestId = randomUUID();
    const spent = { usage: { inputUncached: 7 }, costNanoUsd: '600000000', priceVersion: 'x' };
    const failed = { provider: 'mistral', model: 'small', errorCode: 'upstream_timeout', latencyMs: 1, spent };
    const served = { provider: 'openai', model: 'gpt-4o-mini', errorCode: null, latencyMs: 1 };
    await world.handle(usageEvent({ orgId, requestId, costNanoUsd: 1_000_000_000, attempts: [failed, served] }));
    const booked = (provider: string) => readBookedCosts(world.database, { provider, from: day, to: nextDay });
    expect(await booked('mistral')).toMatchObject([{ requestId, costNanoUsd: 600_000_000n, inputTokens: 7 }]);
    expect(await booked('openai')).toMatchObject([{ requestId, costNanoUsd: 1_000_000_000n }]);

    const report = (provider: string, cost: string) => {
      const text = `time,cost\n2026-11-20,${cost}\n`;
      return keepCosts(world.database, nextDay, { provider, records: parseCsv(text), text });
    };
    const check = createProviderCostsCheck(world.database, () => nextDay);
    await report('mistral', '0.6');
    expect(await report('openai', '1.02')).toEqual(['2026-11-20']);
    expect((await check.run(null))?.found).toMatchObject([
      { orgId: null, details: { provider: 'openai', bookedNanoUsd: '1000000000', reportedNanoUsd: '1020000000' } },
    ]);
    await report('openai', '1.00');
    expect((await check.run(null))?.found).toEqual([]);
    expect(await verifyAudit(world.url)).toMatchObject({ fault: null });
  });

  it.each([
    [1_000_000_000n, 1_010_000_000n, false],
    [1_000_000_000n, 1_010_000_001n, true],
    [4_000_000_000n, 4_020_000_000n, false],
    [4_000_000_000n, 4_020_000_001n, true],
    [10n ** 13n, 10n ** 13n + 5_000_000_000n, false],
    [10n ** 13n, 10n ** 13n - 5_000_000_001n, true],
    [0n, 10_000_000n, false],
    [0n, 10_000_001n, true],
  ])('compares %s booked with %s reported: beyond the bounds is %s', (booked, reported, expected) => {
    expect(isBeyond(booked, reported)).toBe(expected);
  });
});
