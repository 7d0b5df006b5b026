import { randomUUID } from 'node:crypto';
import type { UsageCorrected } from '@aggregator/contracts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openWorld, type World } from '../testing/open-world.ts';
import { usageEvent, voidEvent } from '../testing/usage-event.ts';

/** Sold for 2, bought for 1. */
const price = {
  ...{ version: 'sold', rates: { inputUncached: '0', outputText: '2000' } },
  cost: { version: 'bought', rates: { inputUncached: '0', outputText: '1000' } },
};
const spent = { usage: { outputText: 7 }, costNanoUsd: '7', priceVersion: 'other' };

describe('the cost of goods', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld();
  });
  afterAll(() => world.close());

  /** What a call changes of the accounts, in nano-USD. */
  async function changeOf(act: () => Promise<unknown>) {
    const read = async () => ({
      cogs: await world.platform('cogs'),
      payable: await world.platform('payable_provider'),
    });
    const before = await read();
    await act();
    const after = await read();
    expect(after.cogs - before.cogs).toBe(before.payable - after.payable);
    return after.payable - before.payable;
  }
  const costOf = async (requestId: string) =>
    (await world.database.charge.findUniqueOrThrow({ where: { requestId } })).cost;

  it('I6: is booked at the price of the provider, beside what the customer pays', async () => {
    const orgId = await world.fund(1000n);
    const event = usageEvent({ orgId, usage: { outputText: 100 }, price, amountNanoUsd: '200' });

    expect(await changeOf(() => world.handle(event))).toBe(100n);
    expect(await world.balances(orgId)).toEqual({ available: 800n, leased: 0n });
    expect(await costOf(event.requestId)).toBe(100n);
    expect(await world.check()).toMatchObject({ isConsistent: true });
  });

  it('I7: is booked once however often the event comes', async () => {
    const event = usageEvent({ orgId: await world.fund(1000n), costNanoUsd: 50 });

    expect(await changeOf(() => world.handle(event, event))).toBe(50n);
    expect(await changeOf(() => world.handle(event))).toBe(0n);
  });

  it('I10: has what failed attempts used, also if the request ended without a charge', async () => {
    const orgId = await world.fund(1000n);
    const failed = { provider: 'other', model: 'm', errorCode: 'upstream_timeout', latencyMs: 1, spent };
    const served = usageEvent({ orgId, costNanoUsd: 10, attempts: [failed] });
    const lost = usageEvent({ orgId, usage: {}, attempts: [failed], outcome: 'failed', errorCode: 'upstream_timeout' });

    expect(await changeOf(() => world.handle(served))).toBe(17n);
    expect(await changeOf(() => world.handle(lost))).toBe(7n);
    expect(await world.balances(orgId)).toEqual({ available: 990n, leased: 0n });
  });

  it('is nothing for an answer from the cache and for a void request', async () => {
    const orgId = await world.fund(1000n);

    expect(await changeOf(() => world.handle(usageEvent({ orgId, cache: 'hit', attempt: 0, attempts: [] })))).toBe(0n);
    expect(await changeOf(() => world.handle(voidEvent({ orgId })))).toBe(0n);
  });

  it('follows the record of the provider that arrives after an estimate', async () => {
    const orgId = await world.fund(1000n);
    const requestId = randomUUID();
    const settled = { usage: { outputText: 100 }, amountNanoUsd: '200' };
    const event = usageEvent({ orgId, requestId, ...settled, price, estimated: true });
    const correct = (requestOf: string, units: number): UsageCorrected => ({
      ...{ schema: 'usage.corrected/1', eventId: `${requestOf}/correction`, requestId: requestOf, time: event.time },
      ...{ orgId, userId: event.userId, keyId: null, operation: event.operation, provider: event.provider },
      ...{ model: event.model, price, settled: { time: event.time, ...settled } },
      actual: { usage: { outputText: units }, amountNanoUsd: String(2 * units) },
    });

    expect(await changeOf(() => world.handle(event, correct(requestId, 60)))).toBe(60n);
    const other = randomUUID();
    expect(
      await changeOf(() => world.handle({ ...event, requestId: other, eventId: other }, correct(other, 130))),
    ).toBe(130n);
    expect(await world.check()).toMatchObject({ isConsistent: true });
  });

  it('refuses an event whose failed attempts cost less than nothing', async () => {
    const failed = { provider: 'p', model: 'm', errorCode: 'x', latencyMs: 1, spent: { ...spent, costNanoUsd: '-1' } };

    expect(await world.handle(usageEvent({ orgId: await world.fund(10n), attempts: [failed] }))).toEqual([
      'usage_out_of_bounds',
    ]);
  });
});
