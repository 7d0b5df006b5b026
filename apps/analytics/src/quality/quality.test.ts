import type { QualityAnswer, UsageRecorded } from '@aggregator/contracts';
import { createTestDatabase, type TestDatabase } from '@aggregator/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createDatabase, type Database } from '../database/create-database.ts';
import { addUsage } from '../rollups/add-usage.ts';
import { parseUsage } from '../rollups/parse-usage.ts';
import { startAnalytics, type TestAnalytics } from '../testing/start-analytics.ts';
import { orgId, otherOrgId, usageEvent } from '../testing/usage-event.ts';
import { readQuality } from './read-quality.ts';
import { sweepMinutes } from './sweep-minutes.ts';

const day = { from: new Date('2026-11-21T00:00:00Z'), to: new Date('2026-11-22T00:00:00Z') };
const countable = (event: UsageRecorded) => {
  const parsed = parseUsage(JSON.stringify(event));
  if (!('event' in parsed)) throw new Error(JSON.stringify(parsed));
  return parsed;
};
const at = (minute: number, changes: Partial<UsageRecorded> = {}) =>
  usageEvent({ time: new Date(day.from.getTime() + minute * 60_000).toISOString(), ...changes });

describe('the quality of requests', () => {
  let testDatabase: TestDatabase;
  let database: Database;
  beforeAll(async () => {
    testDatabase = await createTestDatabase({ service: 'analytics' });
    database = createDatabase({ url: testDatabase.url, connectionsMax: 6, onError: () => undefined });
  });
  afterAll(async () => {
    await database.$disconnect();
    await testDatabase.drop();
  });
  beforeEach(async () => {
    await database.$executeRaw`TRUNCATE usage_rollup, usage_minute, inbox, usage_quality`;
  });
  const add = (events: readonly UsageRecorded[]) => addUsage(database, events.map(countable));
  const read = async (groupBy: 'minute' | 'hour' | 'day' | 'model', whose = orgId) =>
    readQuality(database, { orgId: whose, ...day }, groupBy);

  it('counts outcomes, errors, cache hits and savings once, although events come again and late (I23)', async () => {
    const price = { version: 'x@1', rates: { inputUncached: '1000', cacheRead: '100', outputText: '0' } };
    const cached = { price, usage: { inputUncached: 100, cacheRead: 900, outputText: 5 }, amountNanoUsd: '190' };
    const events = [
      at(600, { latencyMs: 100, ttftMs: 20 }),
      at(30, { latencyMs: 200, ttftMs: 40, cache: 'hit' }),
      at(601, { outcome: 'failed', errorCode: 'upstream_error', amountNanoUsd: '0', usage: {} }),
      at(602, { outcome: 'aborted', errorCode: null }),
      at(603, cached),
    ];
    await add(events);
    await add([...events, at(604, { outcome: 'failed', errorCode: 'upstream_error', amountNanoUsd: '0', usage: {} })]);
    const { totals, series } = await read('day');

    expect(totals).toMatchObject({
      ...{ requests: 6, completed: 3, failed: 2, aborted: 1, availability: 0.6, cacheHits: 1 },
      ...{ errors: { upstream_error: 2 }, cacheSavedNanoUsd: '810' },
    });
    expect(series).toMatchObject([{ group: '2026-11-21', requests: 6 }]);
    expect((await read('day', otherOrgId)).totals).toMatchObject({ requests: 0, availability: null });
  });

  it('has percentiles of an hour and a day that are those of all their minutes', async () => {
    const delays = Array.from({ length: 1000 }, (_, index) => index + 1);
    for (let start = 0; start < 1000; start += 250) {
      await add(
        delays
          .slice(start, start + 250)
          .map((latencyMs) => at(latencyMs % 120, { latencyMs, ttftMs: (latencyMs / 10) | 0 })),
      );
    }
    for (const groupBy of ['minute', 'hour', 'day', 'model'] as const) {
      const { latencyMs, firstTokenMs } = (await read(groupBy)).totals;
      expect(latencyMs.p50).toBeGreaterThan(500 * 0.98);
      expect(latencyMs.p50).toBeLessThan(500 * 1.02);
      expect(latencyMs.p99).toBeGreaterThan(990 * 0.98);
      expect(latencyMs.p99).toBeLessThan(990 * 1.02);
      expect(Math.abs((firstTokenMs.p95 ?? 0) - 95)).toBeLessThan(3);
    }
    expect((await read('minute')).series).toHaveLength(120);
    expect((await read('hour')).series.map(({ group, requests }) => [group, requests])).toEqual([
      ['2026-11-21T00:00:00Z', 520],
      ['2026-11-21T01:00:00Z', 480],
    ]);
  });

  it('loses nothing when several writers add to the same rows', async () => {
    const batches = Array.from({ length: 6 }, () =>
      Array.from({ length: 50 }, (_, index) => at(index % 3, { latencyMs: 50 })),
    );
    await Promise.all(batches.map(add));
    const { totals, series } = await read('minute');

    expect([totals.requests, totals.latencyMs.p50 === null]).toEqual([300, false]);
    expect(series.map(({ requests }) => requests)).toEqual([102, 102, 96]);
    const stored = await database.usageQuality.findMany({ where: { step: 'day' } });
    expect(Object.values(stored[0]?.latency as Record<string, number>)).toEqual([300]);
  });

  it('counts each hour of a range once, at its ends and in its whole days', async () => {
    await add([0, 30, 60, 24 * 60, 47 * 60, 48 * 60, 49 * 60].map((minute) => at(minute)));
    const hour = (count: number) => new Date(day.from.getTime() + count * 3_600_000);
    const count = async (from: number, to: number) =>
      (await readQuality(database, { orgId, from: hour(from), to: hour(to) }, 'model')).totals.requests;

    expect(await count(0, 50)).toBe(7);
    expect(await count(1, 49)).toBe(4);
    expect(await count(1, 24)).toBe(1);
    expect(await count(0, 24)).toBe(3);
    expect(await count(2, 20)).toBe(0);
  });

  it('keeps minutes for two days, and hours and days for good', async () => {
    await add([at(0)]);
    expect(await sweepMinutes(database, day.from.getTime() + 47 * 3_600_000)).toBe(0);
    expect(await sweepMinutes(database, day.from.getTime() + 49 * 3_600_000)).toBe(2);
    expect(await database.usageMinute.count()).toBe(0);
    expect((await database.usageQuality.findMany()).map(({ step }) => step).sort()).toEqual(['day', 'hour']);
  });
});

describe('GET /v1/analytics/quality', () => {
  let analytics: TestAnalytics;
  beforeAll(async () => {
    analytics = await startAnalytics(Date.parse('2026-11-21T12:00:00Z'));
    await analytics.record(
      [at(600, { amountNanoUsd: '3' }), at(601, { amountNanoUsd: '4', keyId: null }), at(602, { orgId: otherOrgId })],
      3,
    );
  });
  afterAll(() => analytics.stop());

  it('returns how the requests of the own organisation went, who was active, and the cost of one', async () => {
    const answer = await analytics.get('/v1/analytics/quality?groupBy=provider');
    const body = (await answer.json()) as QualityAnswer;

    expect(answer.status).toBe(200);
    expect(body).toMatchObject({
      ...{ activeUsers: 1, activeKeys: 2, costPerRequestNanoUsd: '3', totals: { requests: 2, availability: 1 } },
      series: [{ group: 'openai', requests: 2, latencyMs: { p50: expect.any(Number) } }],
    });
  });

  it.each([
    ['groupBy=minute', 'from'],
    ['groupBy=user', 'groupBy'],
    ['keyId=1', 'keyId'],
  ])('refuses %s, naming %s', async (query, param) => {
    const answer = await analytics.get(`/v1/analytics/quality?${query}`);
    expect([answer.status, ((await answer.json()) as { param: string }).param]).toEqual([400, param]);
  });
});
