import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { openWorld, type World } from '../testing/open-world.ts';
import { usageEvent, voidEvent } from '../testing/usage-event.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

async function expectSoundLedger(): Promise<void> {
  expect(await world.check()).toMatchObject({ isConsistent: true, sumNanoUsd: '0', faults: [] });
}

describe('usage events', () => {
  it('I6: charges a batch of 500 events of several organisations to the nano', async () => {
    const orgs = await Promise.all([1n, 2n, 3n].map((n) => world.fund(n * 1_000_000n)));
    const costs = Array.from({ length: 500 }, (_, index) => ((index * 7919) % 1000) + 1);
    const before = await world.platform('revenue');

    expect(
      await world.handle(
        ...costs.map((costNanoUsd, index) => usageEvent({ orgId: orgs[index % 3] ?? '', costNanoUsd })),
      ),
    ).toEqual([]);

    for (const [index, orgId] of orgs.entries()) {
      const spent = costs.filter((_, event) => event % 3 === index).reduce((total, cost) => total + cost, 0);
      expect(await world.balances(orgId)).toEqual({
        available: BigInt(index + 1) * 1_000_000n - BigInt(spent),
        leased: 0n,
      });
    }
    expect((await world.platform('revenue')) - before).toBe(BigInt(costs.reduce((total, cost) => total + cost, 0)));
    await expectSoundLedger();
  });

  it('I7: changes nothing at a second delivery, in the same batch or a later one', async () => {
    const orgId = await world.fund(10_000n);
    const event = usageEvent({ orgId, costNanoUsd: 1000 });
    expect(await world.handle(event, event)).toEqual([]);
    const transfers = await world.count('transfer');

    expect(await world.handle(event)).toEqual([]);
    expect(await world.handle(Object.fromEntries(Object.entries(event).reverse()))).toEqual([]);

    expect(await world.balances(orgId)).toEqual({ available: 9000n, leased: 0n });
    expect(await world.count('transfer')).toBe(transfers);
  });

  it('I7: quarantines the same event id with another body, and charges only the first', async () => {
    const orgId = await world.fund(10_000n);
    const event = usageEvent({ orgId, costNanoUsd: 1000 });
    const forged = { ...usageEvent({ orgId, costNanoUsd: 5 }), eventId: event.eventId, requestId: event.requestId };

    expect(await world.handle(event)).toEqual([]);
    expect(await world.handle(forged)).toEqual(['event_id_reused']);
    expect(await world.handle(forged)).toEqual(['event_id_reused']);

    expect(await world.balances(orgId)).toEqual({ available: 9000n, leased: 0n });
    expect(await world.database.quarantine.count({ where: { eventId: event.eventId } })).toBe(1);
    expect(world.logs).toContainEqual({
      event: 'usage_event_quarantined',
      fields: { eventId: event.eventId, reason: 'event_id_reused' },
    });
  });

  it('I7: takes a late copy for a duplicate, also behind another body of its id in one batch', async () => {
    const orgId = await world.fund(10_000n);
    const event = usageEvent({ orgId, costNanoUsd: 1000 });
    const forged = { ...event, latencyMs: event.latencyMs + 1 };

    expect(await world.handle(event)).toEqual([]);
    expect(await world.handle(forged, event, forged, event)).toEqual(['event_id_reused', 'event_id_reused']);

    expect(await world.balances(orgId)).toEqual({ available: 9000n, leased: 0n });
    expect(await world.database.quarantine.count({ where: { eventId: event.eventId } })).toBe(1);
  });

  it('I1: charges a request once, even where a second event id asks for more', async () => {
    const orgId = await world.fund(10_000n);
    const requestId = randomUUID();
    const [first, second] = [1, 2].map((attempt) => usageEvent({ orgId, requestId, attempt, costNanoUsd: 1000 }));

    const third = usageEvent({ orgId, requestId, attempt: 3, costNanoUsd: 1000 });

    expect(await world.handle(first, second)).toEqual(['request_already_settled']);
    expect(await world.handle(second)).toEqual(['request_already_settled']);
    expect(await world.handle(third)).toEqual(['request_already_settled']);
    expect(await world.handle(third, first)).toEqual(['request_already_settled']);

    expect(await world.balances(orgId)).toEqual({ available: 9000n, leased: 0n });
    expect(await world.database.charge.findUnique({ where: { requestId } })).toMatchObject({
      eventId: first?.eventId,
      amount: 1000n,
    });
  });

  it('I1: charges the attempt that served, whether the void one arrives before, with or after it', async () => {
    const orgId = await world.fund(10_000n);
    const orders = [[['void'], ['served']], [['served'], ['void']], [['void', 'served']], [['served', 'void']]];
    for (const [turn, batches] of orders.entries()) {
      const requestId = randomUUID();
      const events = {
        void: voidEvent({ orgId, requestId, attempt: 1 }),
        served: usageEvent({ orgId, requestId, attempt: 2, costNanoUsd: 1000 }),
      };
      for (const batch of batches) {
        expect(await world.handle(...batch.map((name) => (name === 'void' ? events.void : events.served)))).toEqual([]);
      }
      expect(await world.database.charge.findUnique({ where: { requestId } })).toMatchObject({
        amount: 1000n,
        outcome: 'completed',
      });
      expect(await world.balances(orgId)).toEqual({ available: 10_000n - 1000n * BigInt(turn + 1), leased: 0n });
    }
  });

  it('quarantines an event whose amount differs from its usage and price, and charges the others', async () => {
    const orgId = await world.fund(10_000n);
    const wrong = { ...usageEvent({ orgId, costNanoUsd: 1000 }), amountNanoUsd: '1' };

    expect(await world.handle(usageEvent({ orgId }), wrong, usageEvent({ orgId }))).toEqual(['amount_mismatch']);

    expect(await world.balances(orgId)).toEqual({ available: 8000n, leased: 0n });
    expect(await world.database.quarantine.count({ where: { eventId: wrong.eventId } })).toBe(1);
    expect(await world.database.inbox.count({ where: { eventId: wrong.eventId } })).toBe(0);
  });

  it('I13: names records that are no events of usage, and handles what stands beside them', async () => {
    const orgId = await world.fund(10_000n);
    const reasons = await world.handle('{', usageEvent({ orgId }), { schema: 'usage.recorded/2' }, '"text"');
    expect(reasons).toHaveLength(3);
    for (const reason of reasons) expect(reason).toMatch(/^invalid_event: /);
    expect(await world.balances(orgId)).toEqual({ available: 9000n, leased: 0n });
  });

  it('I13: refuses only the one event of a batch that cannot be stored', async () => {
    const orgId = await world.fund(10_000n);
    const poison = usageEvent({ orgId, model: 'nul\u0000byte' });

    expect(await world.handle(usageEvent({ orgId }), poison, usageEvent({ orgId }))).toEqual(['unstorable_text']);

    expect(await world.balances(orgId)).toEqual({ available: 8000n, leased: 0n });
    await expectSoundLedger();
  });

  it('I2: bears itself what exceeds all credit, and says so', async () => {
    const orgId = await world.fund(1500n);
    const before = await world.platform('platform_loss');
    const event = usageEvent({ orgId, costNanoUsd: 1000 });
    const over = usageEvent({ orgId, costNanoUsd: 1000 });

    await world.handle(event, over);

    expect(await world.balances(orgId)).toEqual({ available: 0n, leased: 0n });
    expect(before - (await world.platform('platform_loss'))).toBe(500n);
    expect(world.logs).toContainEqual({
      event: 'charge_exceeded_credit',
      fields: { requestId: over.requestId, orgId, lossNanoUsd: 500n },
    });
    await expectSoundLedger();
  });

  it('bears a charge of an organisation without accounts, and opens none', async () => {
    const orgId = randomUUID();
    const before = await world.platform('platform_loss');
    await world.handle(usageEvent({ orgId: orgId.toUpperCase(), costNanoUsd: 700 }));
    expect(await world.database.account.count({ where: { orgId } })).toBe(0);
    expect(before - (await world.platform('platform_loss'))).toBe(700n);
    await expectSoundLedger();
  });

  it('rejects, and posts nothing, while the ledger cannot be written', async () => {
    const orgId = await world.fund(10_000n);
    const event = usageEvent({ orgId });
    await world.database.$executeRaw`ALTER TABLE transfer RENAME TO transfer_away`;
    try {
      await expect(world.handle(event)).rejects.toThrow();
    } finally {
      await world.database.$executeRaw`ALTER TABLE transfer_away RENAME TO transfer`;
    }
    expect(await world.balances(orgId)).toEqual({ available: 10_000n, leased: 0n });
    expect(await world.handle(event)).toEqual([]);
    expect(await world.balances(orgId)).toEqual({ available: 9000n, leased: 0n });
  });

  it('I7: writes the same ledger for any order, repetition and batching of the same events', async () => {
    const plan = fc.record({
      costs: fc.array(fc.integer({ min: 1, max: 2000 }), { minLength: 1, maxLength: 12 }),
      deliveries: fc.array(fc.nat(), { minLength: 12, maxLength: 40 }),
      batchSize: fc.integer({ min: 1, max: 8 }),
    });
    await fc.assert(
      fc.asyncProperty(plan, async ({ costs, deliveries, batchSize }) => {
        const orgId = await world.fund(100_000n);
        const events = costs.map((costNanoUsd) => usageEvent({ orgId, costNanoUsd }));
        const order = [...deliveries.map((n) => n % events.length), ...events.keys()];
        for (let start = 0; start < order.length; start += batchSize) {
          const batch = order.slice(start, start + batchSize).map((index) => events[index]);
          expect(await world.handle(...batch)).toEqual([]);
        }
        const spent = costs.reduce((total, cost) => total + cost, 0);
        expect(await world.balances(orgId)).toEqual({ available: 100_000n - BigInt(spent), leased: 0n });
      }),
      { numRuns: 15 },
    );
    await expectSoundLedger();
  });
});
