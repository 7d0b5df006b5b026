import type { UsageRecorded } from '@aggregator/contracts';
import { createUuidV7 } from '@aggregator/service-kit';
import { createTestDatabase, type TestDatabase } from '@aggregator/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createDatabase, type Database } from '../database/create-database.ts';
import { findStepDifferences } from '../testing/find-step-differences.ts';
import { keyId, orgId, otherOrgId, otherUserId, usageEvent, userId } from '../testing/usage-event.ts';
import { addUsage } from './add-usage.ts';
import { type CountableUsage, parseUsage } from './parse-usage.ts';

const units = fc.integer({ min: 0, max: 1_000_000 });
const anyEvent = fc
  .record({
    time: fc.date({
      min: new Date('2026-11-20T22:00:00Z'),
      max: new Date('2026-11-21T02:00:00Z'),
      noInvalidDate: true,
    }),
    orgId: fc.constantFrom(orgId, otherOrgId),
    userId: fc.constantFrom(userId, otherUserId),
    keyId: fc.constantFrom(keyId, null),
    provider: fc.constantFrom('openai', 'mock'),
    model: fc.constantFrom('small', 'large', 'größer'),
    usage: fc.record({
      inputUncached: units,
      cacheRead: units,
      cacheWrite5m: units,
      cacheWrite1h: units,
      outputText: units,
      outputReasoning: units,
      audioIn: units,
    }),
    amountNanoUsd: fc.bigInt({ min: 0n, max: 10n ** 15n - 1n }).map(String),
    outcome: fc.constantFrom('completed', 'aborted', 'failed', 'void'),
    latencyMs: fc.integer({ min: 0, max: 600_000 }),
  })
  .map((fields) => usageEvent({ ...fields, time: fields.time.toISOString() }));

const sample = (count: number, seed: number) => fc.sample(anyEvent, { numRuns: count, seed });

function countable(event: UsageRecorded): CountableUsage {
  const parsed = parseUsage(JSON.stringify(event));
  if (!('event' in parsed)) throw new Error('not countable');
  return parsed;
}

/** The oracle: a plain sum over all events, without rows. */
function sumOf(events: readonly UsageRecorded[]) {
  const inputs = ['inputUncached', 'cacheRead', 'cacheWrite5m', 'cacheWrite1h'] as const;
  const total = (value: (event: UsageRecorded) => bigint) => events.reduce((sum, event) => sum + value(event), 0n);
  const completed = events.filter(({ outcome }) => outcome === 'completed');
  return {
    requests: BigInt(events.length),
    completed: BigInt(completed.length),
    failed: BigInt(events.filter(({ outcome }) => outcome === 'failed' || outcome === 'void').length),
    inputTokens: total(({ usage }) => inputs.reduce((sum, name) => sum + BigInt(usage[name] ?? 0), 0n)),
    outputTokens: total(({ usage }) => BigInt(usage.outputText ?? 0) + BigInt(usage.outputReasoning ?? 0)),
    amountNanoUsd: total(({ amountNanoUsd }) => BigInt(amountNanoUsd)),
    latencyMsSum: completed.reduce((sum, { latencyMs }) => sum + BigInt(latencyMs), 0n),
  };
}

describe('adding usage to the rollups', () => {
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
    await database.$executeRaw`TRUNCATE usage_rollup, usage_detail, usage_minute, inbox`;
  });

  const add = (events: readonly UsageRecorded[]) => addUsage(database, events.map(countable));
  const readRows = () =>
    database.usageRollup.findMany({
      orderBy: [
        { orgId: 'asc' },
        { hour: 'asc' },
        { provider: 'asc' },
        { model: 'asc' },
        { keyId: 'asc' },
        { userId: 'asc' },
      ],
    });
  const readSums = async (where: { orgId?: string; provider?: string; hour?: Date } = {}) => {
    const { _sum } = await database.usageRollup.aggregate({
      where,
      _sum: {
        requests: true,
        completed: true,
        failed: true,
        inputTokens: true,
        outputTokens: true,
        amountNanoUsd: true,
        latencyMsSum: true,
      },
    });
    return _sum;
  };

  it('sums a batch of a thousand events to the nano, as a whole and by row', async () => {
    const events = sample(1000, 1);

    expect(await add(events)).toEqual({ added: 1000, conflicts: [] });
    expect(await readSums()).toEqual(sumOf(events));
    const hour = new Date('2026-11-21T00:00:00Z');
    const some = events.filter(
      (event) => event.orgId === orgId && event.provider === 'openai' && event.time.startsWith('2026-11-21T00'),
    );
    expect(some.length).toBeGreaterThan(20);
    expect(await readSums({ orgId, provider: 'openai', hour })).toEqual(sumOf(some));
  });

  it('counts the same for any order and size of the batches', async () => {
    const events = sample(300, 2);
    await add(events);
    const rows = await readRows();
    await database.$executeRaw`TRUNCATE usage_rollup, usage_detail, usage_minute, inbox`;

    const shuffled =
      fc.sample(fc.shuffledSubarray(events, { minLength: events.length }), { numRuns: 1, seed: 3 })[0] ?? [];
    for (let start = 0; start < shuffled.length; start += 37) await add(shuffled.slice(start, start + 37));
    expect(await readRows()).toEqual(rows);
  });

  it('counts an event once, however often it comes: in a batch, in a replay, or to two writers at once', async () => {
    const events = sample(200, 4);
    const twice = await Promise.all([add([...events, ...events]), add([...events].reverse()), add(events)]);

    expect(twice.reduce((sum, { added }) => sum + added, 0)).toBe(200);
    expect(await readSums()).toEqual(sumOf(events));
    expect(await add(events)).toEqual({ added: 0, conflicts: [] });
    expect(await readSums()).toEqual(sumOf(events));
  });

  it('lets writers with the same rows in other orders continue in parallel', async () => {
    const batches = Array.from({ length: 6 }, (_, index) => sample(200, 10 + index));
    const turned = batches.map((batch, index) => (index % 2 === 0 ? batch : [...batch].reverse()));
    await Promise.all(turned.map(add));

    expect(await readSums()).toEqual(sumOf(batches.flat()));
  });

  it('names an event whose id was counted with another body, and changes nothing for it', async () => {
    const event = usageEvent();
    const forged = { ...event, latencyMs: 1 };
    const fresh = usageEvent();
    await add([event]);
    const { added, conflicts } = await add([forged, fresh, { ...fresh, latencyMs: 2 }, event, fresh]);

    expect(added).toBe(1);
    expect(conflicts.map(({ event: { eventId, latencyMs } }) => [eventId, latencyMs])).toEqual([
      [event.eventId, 1],
      [fresh.eventId, 2],
    ]);
    expect(await readSums()).toEqual(sumOf([event, fresh]));
  });

  it('counts the charge of a request once for any event ids and batches (I23)', async () => {
    const requestId = createUuidV7();
    const end = (attempt: number) => usageEvent({ requestId, eventId: `${requestId}/${attempt}`, attempt });
    const [lost, first, second] = [
      usageEvent({ requestId, eventId: `${requestId}/0`, outcome: 'void', usage: {} }),
      end(1),
      end(2),
    ];
    expect(await add([lost, first, second])).toMatchObject({ added: 2, conflicts: [{ event: second }] });
    expect(await add([first, second])).toMatchObject({ added: 0, conflicts: [{ event: second }] });
    expect(await add([end(3)])).toMatchObject({ added: 0, conflicts: [{}] });
    expect(await readSums()).toEqual(sumOf([lost, first]));
  });

  it('takes two spellings of an id for one', async () => {
    const events = [usageEvent(), usageEvent({ orgId: orgId.toUpperCase(), keyId: keyId.toUpperCase() })];
    await add(events);

    expect(await readRows()).toMatchObject([{ requests: 2n, orgId, keyId }]);
  });

  it('writes all of a batch or nothing', async () => {
    const event = { ...usageEvent(), amountNanoUsd: '9223372036854775807' };
    const huge = { event, amountNanoUsd: 1n, bodyHash: '00' };
    const batch = [
      countable(usageEvent({ model: 'other' })),
      huge,
      { ...huge, event: { ...usageEvent(), amountNanoUsd: '1' } },
    ];

    await expect(addUsage(database, batch)).rejects.toThrow();
    expect(await readRows()).toEqual([]);
    expect(await database.inbox.count()).toBe(0);
  });
});
