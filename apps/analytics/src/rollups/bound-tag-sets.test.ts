import { toCorrectionId, type UsageRecorded } from '@aggregator/contracts';
import { createTestDatabase, type TestDatabase } from '@aggregator/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createDatabase, type Database } from '../database/create-database.ts';
import { findStepDifferences } from '../testing/find-step-differences.ts';
import { otherOrgId, usageEvent } from '../testing/usage-event.ts';
import { addCorrections } from './add-corrections.ts';
import { addUsage } from './add-usage.ts';
import { parseUsage } from './parse-usage.ts';

const teamId = '0192f0c0-0000-7000-8000-0000000000d1';
const sets = (from: number, to: number, changes: Partial<UsageRecorded> = {}) =>
  Array.from({ length: to - from }, (_, at) => usageEvent({ tags: { run: `${from + at}` }, teamId, ...changes }));

describe('the bound of sets of tags', () => {
  let testDatabase: TestDatabase;
  let database: Database;
  beforeAll(async () => {
    testDatabase = await createTestDatabase({ service: 'analytics' });
    database = createDatabase({ url: testDatabase.url, connectionsMax: 8, onError: () => undefined });
  });
  afterAll(async () => {
    await database.$disconnect();
    await testDatabase.drop();
  });
  afterEach(async () => {
    // Minutes and days have the sums of the hours after every order, repeat and correction (I23).
    expect(await findStepDifferences(database)).toBe(0);
  });
  beforeEach(async () => {
    await database.$executeRaw`TRUNCATE usage_minute, usage_rollup, usage_detail, usage_tag_set, inbox, usage_correction`;
  });

  const add = async (events: readonly UsageRecorded[]) => {
    const batch = events.map((event) => {
      const parsed = parseUsage(JSON.stringify(event));
      if (!('event' in parsed)) throw new Error('not countable');
      return parsed;
    });
    return (await addUsage(database, batch)).added;
  };
  const sumOf = async (where: { orgId?: string; tags?: { equals: Record<string, string> } } = {}) => {
    const { _sum } = await database.usageDetail.aggregate({ where, _sum: { requests: true, amountNanoUsd: true } });
    return [_sum.requests, _sum.amountNanoUsd];
  };
  const folded = { equals: { '*': 'more' } };

  it('folds what comes above it in one row, and changes nothing for repeats, other hours and tenants', async () => {
    const events = sets(0, 1010);
    expect(await add(events.slice(0, 1000))).toBe(1000);
    expect(await add(events.slice(1000))).toBe(10);
    expect(await add(events)).toBe(0);
    await add([...sets(0, 1), usageEvent({ teamId }), ...sets(1005, 1006)]);

    expect(await database.usageDetail.count()).toBe(1000 + 1 + 1);
    expect(await sumOf({ tags: folded })).toEqual([11n, 11n * 4500n]);
    expect(await sumOf({ tags: { equals: {} } })).toEqual([1n, 4500n]);
    expect(await sumOf()).toEqual([1013n, 1013n * 4500n]);
    await add([...sets(2000, 2003, { orgId: otherOrgId }), ...sets(2000, 2003, { time: '2026-11-21T11:00:00.000Z' })]);
    expect(await database.usageDetail.count()).toBe(1002 + 6);
  });

  it('holds for two writers at once', async () => {
    // Rows of two models, so that no row of usage_rollup makes one writer wait for the other.
    const model = 'other';
    const halves = [sets(0, 700), [...sets(700, 1400, { model }), ...sets(0, 20, { model })]];
    expect(await Promise.all(halves.map(add))).toEqual([700, 720]);
    expect(await database.usageTagSet.count()).toBe(1000);
    expect(await database.usageDetail.count()).toBe(1000 + 20 + 1);
    expect(await sumOf()).toEqual([1420n, 1420n * 4500n]);
  });

  it('lets a correction find the row of its settlement, folded or not, once (I23)', async () => {
    const events = sets(0, 1001, { estimated: true });
    await add(events.slice(0, 1000));
    await add(events.slice(1000));
    const [own, above] = [events[0], events[1000]];
    if (own === undefined || above === undefined) throw new Error('no events');
    const corrections = [own, above].map(({ requestId, amountNanoUsd, time, usage, ...event }) => ({
      bodyHash: requestId.replaceAll('-', ''),
      correction: {
        ...{ schema: 'usage.corrected/1' as const, eventId: toCorrectionId(requestId), requestId, time },
        ...{ orgId: event.orgId, userId: event.userId, keyId: event.keyId, operation: event.operation },
        ...{ provider: event.provider, model: event.model, price: event.price, teamId, tags: event.tags },
        settled: { time, usage, amountNanoUsd },
        actual: { usage: { inputUncached: 10 }, amountNanoUsd: '1500' },
      },
    }));
    expect(await addCorrections(database, [...corrections, ...corrections])).toEqual([]);

    expect(await sumOf({ tags: { equals: { run: '0' } } })).toEqual([1n, 1500n]);
    expect(await sumOf({ tags: folded })).toEqual([1n, 1500n]);
    expect(await sumOf()).toEqual([1001n, 1001n * 4500n - 6000n]);
  });
});
