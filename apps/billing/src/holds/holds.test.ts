import { randomUUID } from 'node:crypto';
import { waitFor } from '@aggregator/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { lockOrganization, readAccounts } from '../ledger/accounts.ts';
import { postTransfers } from '../ledger/post-transfers.ts';
import { confirmedBefore } from '../organizations/directory.ts';
import { openWorld, type World } from '../testing/open-world.ts';
import { usageEvent, voidEvent } from '../testing/usage-event.ts';
import { expireHolds } from './expire-holds.ts';
import { holdMoney, releaseHolds } from './hold-money.ts';
import { raiseHold } from './raise-hold.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld({ leaseTargetNanoUsd: 100_000n });
});
afterAll(() => world.close());

const options = {
  ttlMs: 60_000,
  signUpCreditNanoUsd: 0n,
  chargeMinuteMaxNanoUsd: 10n ** 15n,
  organizations: confirmedBefore,
};
const hold = (orgId: string, requestId: string, amountNanoUsd: bigint, ttlMs = options.ttlMs) =>
  holdMoney(world.database, { orgId, requestId, amountNanoUsd }, { ...options, ttlMs });
const raise = (orgId: string, requestId: string, amountNanoUsd: bigint) =>
  raiseHold(world.database, { orgId, requestId, amountNanoUsd }, options);
const accountsOf = (orgId: string) => readAccounts(world.database, orgId);

/** Moves money to where the counter store spends it. */
async function lease(orgId: string, amountNanoUsd: bigint): Promise<void> {
  await world.database.$transaction(async (tx) => {
    const { availableId, leasedId } = await lockOrganization(tx, orgId);
    const sides = { debitAccount: availableId, creditAccount: leasedId };
    await postTransfers(tx, [{ ...sides, amountNanoUsd, reason: 'lease', description: 'Leased' }]);
  });
}

describe('a hold in the ledger', () => {
  it('takes the money out of what others can have, once, however often it is asked for', async () => {
    const orgId = await world.fund(1000n);
    const requestId = randomUUID();

    const answers = await Promise.all([1, 2, 3].map(() => hold(orgId, requestId, 300n)));

    expect(answers).toEqual(Array(3).fill({ result: 'held', availableNanoUsd: '700' }));
    expect(await accountsOf(orgId)).toMatchObject({ available: 700n, held: 300n });
  });

  it('I2: is refused where the balance does not cover it, and leaves nothing behind', async () => {
    const orgId = await world.fund(1000n);
    const asked = Array.from({ length: 20 }, () => hold(orgId, randomUUID(), 300n));

    const results = (await Promise.all(asked)).map(({ result }) => result);

    expect(results.filter((result) => result === 'held')).toHaveLength(3);
    expect(await accountsOf(orgId)).toMatchObject({ available: 100n, held: 900n });
    expect(await world.check()).toMatchObject({ isConsistent: true, faults: [] });
  });

  it('returns billing_unavailable when only leased money would cover it', async () => {
    const orgId = await world.fund(1000n);
    await lease(orgId, 900n);

    await expect(hold(orgId, randomUUID(), 300n)).rejects.toMatchObject({ code: 'billing_unavailable' });
    expect(await hold(orgId, randomUUID(), 2000n)).toEqual({ result: 'insufficient' });
    expect(await accountsOf(orgId)).toMatchObject({ available: 100n, leased: 900n, held: 0n });
  });

  it('I1: ends with the settlement of its request, which is charged from it; the rest is free again', async () => {
    const orgId = await world.fund(1000n);
    const requestId = randomUUID();
    await hold(orgId, requestId, 300n);

    expect(await world.handle(usageEvent({ orgId, requestId, costNanoUsd: 120 }))).toEqual([]);

    expect(await accountsOf(orgId)).toMatchObject({ available: 880n, leased: 0n, held: 0n });
    expect(await world.check()).toMatchObject({ isConsistent: true, faults: [] });
  });

  it('ends with a settlement that costs nothing, too', async () => {
    const orgId = await world.fund(1000n);
    const requestId = randomUUID();
    await hold(orgId, requestId, 300n);

    await world.handle(voidEvent({ orgId, requestId }));

    expect(await accountsOf(orgId)).toMatchObject({ available: 1000n, held: 0n });
  });

  it('leaves leased money, which other requests are spending, alone', async () => {
    const orgId = await world.fund(1000n);
    const requestId = randomUUID();
    await hold(orgId, requestId, 300n);
    await lease(orgId, 500n);

    await world.handle(usageEvent({ orgId, requestId, costNanoUsd: 250 }));

    expect(await accountsOf(orgId)).toMatchObject({ available: 250n, leased: 500n, held: 0n });
  });

  it('is given back once by a release, and a late repeat of the hold takes nothing', async () => {
    const orgId = await world.fund(1000n);
    const requestId = randomUUID();
    await hold(orgId, requestId, 300n);

    const released = await Promise.all([1, 2].map(() => releaseHolds(world.database, [requestId])));
    await hold(orgId, requestId, 300n);

    expect(released.sort()).toEqual([0, 1]);
    expect(await accountsOf(orgId)).toMatchObject({ available: 1000n, held: 0n });
  });

  it('is raised by the difference, once, and ends whole with the settlement of its request', async () => {
    const orgId = await world.fund(1000n);
    const requestId = randomUUID();
    await hold(orgId, requestId, 300n);

    const raised = await Promise.all([1, 2, 3].map(() => raise(orgId, requestId, 800n)));

    expect(raised).toEqual(Array(3).fill({ result: 'held', availableNanoUsd: '200' }));
    expect(await raise(orgId, requestId, 100n)).toEqual({ result: 'held', availableNanoUsd: '200' });
    expect(await accountsOf(orgId)).toMatchObject({ available: 200n, held: 800n });
    await world.handle(usageEvent({ orgId, requestId, costNanoUsd: 750 }));
    expect(await accountsOf(orgId)).toMatchObject({ available: 250n, held: 0n });
    expect(await world.check()).toMatchObject({ isConsistent: true, faults: [] });
  });

  it('is raised neither above the balance, nor into leased money, nor after its end (I2)', async () => {
    const orgId = await world.fund(1000n);
    const requestId = randomUUID();
    await hold(orgId, requestId, 300n);
    await lease(orgId, 500n);

    await expect(raise(orgId, requestId, 600n)).rejects.toMatchObject({ code: 'billing_unavailable' });
    expect(await raise(orgId, requestId, 2000n)).toEqual({ result: 'insufficient' });
    await expect(raise(randomUUID(), requestId, 400n)).rejects.toMatchObject({ code: 'billing_unavailable' });
    expect(await accountsOf(orgId)).toMatchObject({ available: 200n, leased: 500n, held: 300n });
    await releaseHolds(world.database, [requestId]);
    await expect(raise(orgId, requestId, 400n)).rejects.toMatchObject({ code: 'billing_unavailable' });
    expect(await accountsOf(orgId)).toMatchObject({ available: 500n, leased: 500n, held: 0n });
  });

  it('I1: is given back when its time is over and no settlement can follow', async () => {
    const orgId = await world.fund(1000n);
    const requestId = randomUUID();
    await hold(orgId, requestId, 300n, 1);
    await world.passMarks();
    await world.finality.refresh();

    expect((await expireHolds(world.database, world.finality)).released).toBeGreaterThanOrEqual(1);
    expect(await accountsOf(orgId)).toMatchObject({ available: 1000n, held: 0n });
  });

  it('is refused above what the operator allows in one minute, and is granted again in the next', async () => {
    const orgId = await world.fund(10_000n);
    const limited = { ...options, chargeMinuteMaxNanoUsd: 1000n };
    const [first, second, third] = [randomUUID(), randomUUID(), randomUUID()];
    const ask = (requestId: string, amountNanoUsd: bigint) =>
      holdMoney(world.database, { orgId, requestId, amountNanoUsd }, limited);
    const thisMinute = () => world.database.$executeRaw`
      UPDATE minute_grant SET minute = date_trunc('minute', now()) WHERE org_id = ${orgId}::uuid`;
    expect(await ask(first, 1000n)).toMatchObject({ result: 'held' });
    await thisMinute();
    expect(await ask(second, 1n)).toEqual({ result: 'limited', retryAfterMs: expect.any(Number) });
    expect(await accountsOf(orgId)).toMatchObject({ available: 9000n, held: 1000n });
    await world.database.$executeRaw`UPDATE minute_grant SET minute = minute - interval '1 minute'`;
    expect(await ask(second, 400n)).toMatchObject({ result: 'held' });
    await thisMinute();
    const raised = { orgId, requestId: second, amountNanoUsd: 1100n };
    expect(await raiseHold(world.database, raised, limited)).toMatchObject({ result: 'limited' });
    expect(await ask(third, 1001n)).toMatchObject({ result: 'limited' });
  });

  it('I2: stays after its time while its settlement may be on the way', async () => {
    const orgId = await world.fund(1000n);
    const requestId = randomUUID();
    await world.passMarks();
    await world.finality.refresh();
    await hold(orgId, requestId, 900n, 1);
    await waitFor(async () => (await expireHolds(world.database, world.finality)).waitingNanoUsd >= 900n, {
      describe: 'the time of the hold to be over',
    });
    await world.finality.refresh();

    expect(await expireHolds(world.database, world.finality)).toMatchObject({ waiting: 'spool_behind' });
    expect(await accountsOf(orgId)).toMatchObject({ available: 100n, held: 900n });
    expect(await hold(orgId, randomUUID(), 101n)).toEqual({ result: 'insufficient' });

    await world.handle(usageEvent({ orgId, requestId, costNanoUsd: 800 }));
    expect(await accountsOf(orgId)).toMatchObject({ available: 200n, held: 0n });
  });

  it('I2, I6: never loses or makes money in any order of holds, settlements and releases', async () => {
    const step = fc.record({
      request: fc.integer({ min: 0, max: 4 }),
      action: fc.constantFrom('hold', 'raise', 'settle', 'release', 'void'),
      amount: fc.integer({ min: 1, max: 400 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        const orgId = await world.fund(1000n);
        const requests = Array.from({ length: 5 }, () => randomUUID());
        const settled = new Map<string, bigint>();
        for (const { request, action, amount } of steps) {
          const requestId = requests[request] ?? '';
          if (action === 'hold') await hold(orgId, requestId, BigInt(amount));
          else if (action === 'raise') await raise(orgId, requestId, BigInt(amount)).catch(() => undefined);
          else if (action === 'release') await releaseHolds(world.database, [requestId]);
          else if (action === 'void') await world.handle(voidEvent({ orgId, requestId, attempt: amount + 1000 }));
          else if (!settled.has(requestId)) {
            await world.handle(usageEvent({ orgId, requestId, costNanoUsd: amount }));
            settled.set(requestId, BigInt(amount));
          }
        }
        await releaseHolds(world.database, requests);
        const charged = [...settled.values()].reduce((sum, amount) => sum + amount, 0n);
        const left = await accountsOf(orgId);
        const paid = charged < 1000n ? charged : 1000n;
        expect(left).toMatchObject({ leased: 0n, held: 0n });
        // What no credit covered while others held it is the platform's.
        expect(left?.available).toBeGreaterThanOrEqual(1000n - paid);
        expect(await world.check()).toMatchObject({ isConsistent: true, faults: [] });
      }),
      { numRuns: 25 },
    );
  });
});
