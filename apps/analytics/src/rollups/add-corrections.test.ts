import { toCorrectionId, type UsageCorrected, type UsageRecorded } from '@aggregator/contracts';
import type { ConsumedRecord } from '@aggregator/messaging';
import { priceUsage } from '@aggregator/pricing';
import { createTestDatabase, type TestDatabase } from '@aggregator/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { handleUsageRecorded } from '../consumers/usage-recorded.ts';
import { createDatabase, type Database } from '../database/create-database.ts';
import { findStepDifferences } from '../testing/find-step-differences.ts';
import { orgId, otherOrgId, usageEvent } from '../testing/usage-event.ts';

const silent = { usageAdded: () => undefined, usageRejected: () => undefined, consumerFailed: () => undefined };

function toRecord(event: unknown, offset: number): ConsumedRecord {
  return { topic: 'usage', partition: 0, offset: String(offset), key: orgId, value: JSON.stringify(event) };
}

function estimateOf(outputText: number, changes: Partial<UsageRecorded> = {}): UsageRecorded {
  const event = usageEvent({ ...changes, usage: { inputUncached: 10, outputText }, estimated: true });
  return { ...event, amountNanoUsd: priceUsage(event.usage, event.price.rates).toString() };
}

function correctionOf(event: UsageRecorded, outputText: number): UsageCorrected {
  const { requestId, userId, keyId, operation, provider, model, price, time, amountNanoUsd } = event;
  const usage = { inputUncached: 20, outputText };
  return {
    ...{ schema: 'usage.corrected/1', eventId: toCorrectionId(requestId), time: '2026-11-22T00:00:00.000Z' },
    ...{ requestId, orgId: event.orgId, userId, keyId, operation, provider, model, price },
    settled: { time, usage: event.usage, amountNanoUsd },
    actual: { usage, amountNanoUsd: priceUsage(usage, price.rates).toString() },
  };
}

describe('adding corrections to the rollups', () => {
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
    await database.$executeRaw`TRUNCATE usage_rollup, usage_detail, usage_minute, inbox, usage_correction`;
  });

  const handle = async (...events: unknown[]) => {
    const { rejected } = await handleUsageRecorded(events.map(toRecord), database, silent);
    return rejected.map(({ reason }) => reason);
  };
  const readRows = () => database.usageRollup.findMany({ orderBy: [{ orgId: 'asc' }, { hour: 'asc' }] });

  it('changes the hour and the dimensions of the settlement, and no count of requests (I23)', async () => {
    const estimate = estimateOf(100, { time: '2026-11-21T10:59:59.000Z' });
    expect(await handle(estimate, correctionOf(estimate, 40))).toEqual([]);

    const { actual } = correctionOf(estimate, 40);
    expect(await readRows()).toMatchObject([
      {
        ...{ hour: new Date('2026-11-21T10:00:00Z'), requests: 1n, inputTokens: 20n, outputTokens: 40n },
        amountNanoUsd: BigInt(actual.amountNanoUsd),
      },
    ]);
  });

  it('waits for its settlement if it comes first', async () => {
    const estimate = estimateOf(100);
    await handle(correctionOf(estimate, 40));
    expect(await readRows()).toEqual([]);
    await handle(estimate);
    expect(await readRows()).toMatchObject([{ outputTokens: 40n }]);
  });

  it('is refused where the ledger refuses it', async () => {
    const [estimate, other] = [estimateOf(100), estimateOf(50)];
    await handle(estimate, other);
    const { requestId } = estimate;
    const mismatch = { ...correctionOf(other, 1), requestId, eventId: toCorrectionId(requestId) };
    expect(await handle(mismatch)).toEqual(['settlement_mismatch']);
    expect(await handle(correctionOf(estimate, 40))).toEqual(['another correction of this request came before']);
    expect(await handle({ ...correctionOf(other, 1), model: 'elsewhere' })).toEqual(['settlement_mismatch']);
    expect(await readRows()).toMatchObject([{ outputTokens: 150n }]);
  });

  it('makes the sums the truth, for any order and repeats (I7, I23)', async () => {
    const request = fc.record({
      org: fc.constantFrom(orgId, otherOrgId),
      hour: fc.integer({ min: 10, max: 12 }),
      settled: fc.nat({ max: 500 }),
      actual: fc.option(fc.nat({ max: 500 })),
    });
    const requests = fc.array(request, { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(requests, fc.infiniteStream(fc.nat({ max: 1000 })), async (given, random) => {
        await database.$executeRaw`TRUNCATE usage_rollup, usage_detail, usage_minute, inbox, usage_correction`;
        let truth = 0n;
        const events = given.flatMap(({ org, hour, settled, actual }): (UsageRecorded | UsageCorrected)[] => {
          const estimate = estimateOf(settled, { orgId: org, time: `2026-11-21T${hour}:30:00.000Z` });
          const correction = actual === null ? null : correctionOf(estimate, actual);
          truth += BigInt(correction?.actual.amountNanoUsd ?? estimate.amountNanoUsd);
          return correction === null ? [estimate] : [estimate, correction];
        });
        const rank = new Map([...events, ...events].map((event) => [event, random.next().value]));
        const shuffled = [...events, ...events].sort((a, b) => (rank.get(a) ?? 0) - (rank.get(b) ?? 0));
        for (let at = 0; at < shuffled.length; at += 3) await handle(...shuffled.slice(at, at + 3));

        const rows = await readRows();
        expect(rows.reduce((sum, { amountNanoUsd }) => sum + amountNanoUsd, 0n)).toBe(truth);
        expect(rows.reduce((sum, { requests: counted }) => sum + counted, 0n)).toBe(BigInt(given.length));
      }),
      { numRuns: 40 },
    );
  });
});
