import { randomUUID } from 'node:crypto';
import { toCorrectionId, type UsageCorrected, type UsageRecorded } from '@aggregator/contracts';
import { createMetrics, type Logger } from '@aggregator/service-kit';
import { createTestDatabase, type TestDatabase } from '@aggregator/testing';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { handleUsageRecorded } from '../../apps/analytics/src/consumers/usage-recorded.ts';
import { createDatabase, type Database } from '../../apps/analytics/src/database/create-database.ts';
import { createAnalyticsEvents } from '../../apps/analytics/src/events.ts';
import { openWorld, type World } from '../../apps/billing/src/testing/open-world.ts';
import { toRecord, usageEvent, voidEvent } from '../../apps/billing/src/testing/usage-event.ts';

const silent: Logger = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
let billing: World;
let analyticsDatabase: TestDatabase;
let analytics: Database;
beforeAll(async () => {
  billing = await openWorld();
  analyticsDatabase = await createTestDatabase({ service: 'analytics' });
  analytics = createDatabase({ url: analyticsDatabase.url, connectionsMax: 4, onError: () => undefined });
});
afterAll(async () => {
  await billing.close();
  await analytics.$disconnect();
  await analyticsDatabase.drop();
});

const analyticsEvents = createAnalyticsEvents(silent, createMetrics('analytics'));

const usageOf = (outputText: number) => ({ usage: { outputText }, amountNanoUsd: String(outputText) });

function correctionOf(event: UsageRecorded, outputText: number): UsageCorrected {
  const { requestId, orgId, userId, keyId, operation, provider, model, price, time, usage, amountNanoUsd } = event;
  return {
    ...{ schema: 'usage.corrected/1', eventId: toCorrectionId(requestId), time: '2026-11-20T10:01:00.000Z' },
    ...{ requestId, orgId, userId, keyId, operation, provider, model, price },
    settled: { time, usage, amountNanoUsd },
    actual: usageOf(outputText),
  };
}

/** Everything that has ever been refused, and neighbours of it that are charged. */
function poison(orgId: string): Record<string, unknown> {
  const good = usageEvent({ orgId, costNanoUsd: 1000 });
  const change = (fields: Partial<UsageRecorded>) => ({ ...usageEvent({ orgId, costNanoUsd: 1000 }), ...fields });
  const estimate = usageEvent({ orgId, costNanoUsd: 1000, estimated: true });
  const requestId = randomUUID();
  const end = (attempt: number) =>
    usageEvent({ orgId, requestId, eventId: `${requestId}/${attempt}`, attempt, costNanoUsd: 500 });
  return {
    good,
    'the same again': good,
    'the same id, another body': { ...good, latencyMs: 11 },
    'another amount': change({ amountNanoUsd: '999' }),
    'a negative amount': change({ amountNanoUsd: '-1000' }),
    'void with an amount': { ...voidEvent({ orgId }), amountNanoUsd: '5' },
    void: voidEvent({ orgId, requestId, eventId: `${requestId}/0`, attempt: 0 }),
    'the end of a request': end(1),
    'a second end of it': end(2),
    'usage without a rate': change({ usage: { outputReasoning: 5 }, amountNanoUsd: '0' }),
    'more than a million dollars': usageEvent({ orgId, costNanoUsd: 1_000_000_000_000_001 }),
    'a million dollars, in units beyond any request': usageEvent({ orgId, costNanoUsd: 1_000_000_000_000_000 }),
    'three million dollars': usageEvent({
      orgId,
      usage: { inputUncached: 10 ** 12 },
      price: { version: 'test', rates: { inputUncached: '3000000' } },
    }),
    'the year 1': change({ time: '0001-01-01T00:00:00.000Z' }),
    'the year 9999': change({ time: '9999-12-31T23:00:00.000Z' }),
    'the year 2019': change({ time: '2019-12-31T23:59:59.999Z' }),
    'the year 2199': change({ time: '2199-12-31T23:59:59.999Z' }),
    'a NUL in the model': change({ model: 'a\u0000b' }),
    'half a surrogate pair': change({ provider: '\ud800' }),
    'an endless latency': change({ latencyMs: 10 ** 11 }),
    'a field that is not known': { ...change({}), prompt: 'x' },
    'no JSON': '{',
    'an estimate': estimate,
    'its correction': correctionOf(estimate, 1500),
    'another correction of it': correctionOf(estimate, 10),
    'a correction of an exact charge': correctionOf(good, 10),
    'a correction that names another amount': correctionOf({ ...estimate, ...usageOf(999) }, 10),
    'a correction without its settlement': correctionOf(usageEvent({ orgId, estimated: true }), 10),
    'a correction under another id': { ...correctionOf(estimate, 10), eventId: 'x' },
    'ids in upper case': usageEvent({ orgId: orgId.toUpperCase(), costNanoUsd: 70 }),
  };
}

async function totalsOf(orgId: string): Promise<{ charged: bigint; shown: bigint }> {
  const charged = await billing.database.charge.aggregate({ where: { orgId }, _sum: { amount: true } });
  const corrected = await billing.database.usageCorrection.aggregate({ where: { orgId }, _sum: { difference: true } });
  const shown = await analytics.usageRollup.aggregate({ where: { orgId }, _sum: { amountNanoUsd: true } });
  const total = (charged._sum.amount ?? 0n) + (corrected._sum.difference ?? 0n);
  return { charged: total, shown: shown._sum.amountNanoUsd ?? 0n };
}

async function deliver(events: readonly unknown[]): Promise<{ byBilling: string[]; byAnalytics: string[] }> {
  const records = events.map(toRecord);
  const byBilling = await billing.handle(...events);
  const { rejected } = await handleUsageRecorded(records, analytics, analyticsEvents);
  return { byBilling, byAnalytics: rejected.map(({ record }) => record.offset) };
}

it.each(Object.keys(poison(randomUUID())))('shows what is charged, and nothing else: %s (I23)', async (name) => {
  const orgId = await billing.fund(5_000_000_000_000_000n);
  const { byBilling, byAnalytics } = await deliver([poison(orgId)[name]]);
  expect(byAnalytics).toHaveLength(byBilling.length);
  const { charged, shown } = await totalsOf(orgId);
  expect(shown).toBe(charged);
});

it('shows what is charged, to the nano, for any order and batching of poison (I23)', async () => {
  const names = Object.keys(poison(randomUUID()));
  const plan = fc.record({
    order: fc.shuffledSubarray(names, { minLength: names.length }),
    batchSize: fc.integer({ min: 1, max: 9 }),
  });
  await fc.assert(
    fc.asyncProperty(plan, async ({ order, batchSize }) => {
      const orgId = await billing.fund(5_000_000_000_000_000n);
      const events = poison(orgId);
      const twice = [...order, ...order].map((name) => events[name]);
      for (let at = 0; at < twice.length; at += batchSize) await deliver(twice.slice(at, at + batchSize));
      const { charged, shown } = await totalsOf(orgId);
      expect(shown).toBe(charged);
      expect(charged).toBeGreaterThan(0n);
      expect(5_000_000_000_000_000n - (await billing.balances(orgId)).available).toBe(charged);
    }),
    { numRuns: 10 },
  );
});
