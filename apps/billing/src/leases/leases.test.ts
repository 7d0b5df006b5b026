import { randomUUID } from 'node:crypto';
import { type AdmissionStore, createMemoryAdmissionStore } from '@aggregator/admission';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { declareSpoolLost } from '../spools/declare-lost.ts';
import { openWorld, type World } from '../testing/open-world.ts';
import { usageEvent } from '../testing/usage-event.ts';
import { createLeaseDesk } from './lease-desk.ts';
import { strandOldPending } from './lease-rows.ts';
import { reclaimLeases } from './reclaim-leases.ts';
import { retryGrants } from './retry-grants.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld({ leaseTargetNanoUsd: 100_000n });
});
afterAll(() => world.close());

const atOnce = { minAgeMs: 0, giveUpMs: 60_000 };
const hold = { rates: [], concurrency: [], holdTtlMs: 60_000 };

const creditOf = async (store: AdmissionStore, orgId: string) => (await store.readCredit(orgId)).creditNanoUsd;

/** A store in which granting fails, before or after it has taken effect, until it is mended. */
function breakGrants(store: AdmissionStore, when: 'before' | 'after'): AdmissionStore & { mend(): void } {
  let isBroken = true;
  return {
    ...bind(store),
    mend: () => {
      isBroken = false;
    },
    async grantCredit(grant) {
      if (isBroken && when === 'before') throw new Error('connection lost');
      const credit = await store.grantCredit(grant);
      if (isBroken) throw new Error('answer lost');
      return credit;
    },
  };
}

function bind(store: AdmissionStore): AdmissionStore {
  return {
    admit: (request) => store.admit(request),
    raiseHold: (raise) => store.raiseHold(raise),
    settle: (settlement) => store.settle(settlement),
    grantCredit: (grant) => store.grantCredit(grant),
    reclaimCredit: (reclaim) => store.reclaimCredit(reclaim),
    countSlots: (request) => store.countSlots(request),
    readCredit: (orgId) => store.readCredit(orgId),
    takeRate: (limit) => store.takeRate(limit),
    takeRates: (request) => store.takeRates(request),
    readEpoch: () => store.readEpoch(),
    budgets: store.budgets,
    slices: store.slices,
    close: () => store.close(),
  };
}

/** Compares store and ledger, lets every spool pass the marks of that moment, and compares again. */
async function releaseAll(of: World, options: { restMs?: number } = {}): Promise<void> {
  await of.reconcile(1, options.restMs);
  await of.passMarks();
  await of.reconcile(1, options.restMs);
}

describe('leases', () => {
  it('put credit into the counter store only against money that was moved in the ledger', async () => {
    const orgId = await world.fund(10_000_000n);
    const answer = await createLeaseDesk(world).lease(orgId, 5000n);

    expect(answer).toMatchObject({ result: 'granted', amountNanoUsd: '100000' });
    expect(await world.balances(orgId)).toEqual({ available: 9_900_000n, leased: 100_000n });
    expect(await creditOf(world.admission, orgId)).toBe(100_000n);
    expect(await world.leaseStatuses(orgId)).toEqual(['granted']);
  });

  it('are refused where the balance does not cover the need, and for an organisation that has none', async () => {
    const orgId = await world.fund(4999n);
    const desk = createLeaseDesk(world);
    expect(await desk.lease(orgId, 5000n)).toEqual({ result: 'insufficient' });
    expect(await desk.lease(randomUUID(), 1n)).toEqual({ result: 'insufficient' });
    expect(await world.balances(orgId)).toEqual({ available: 4999n, leased: 0n });
  });

  it('let the end of a balance be spent together with credit that is idle at the counter store', async () => {
    const orgId = await world.fund(1000n);
    const desk = createLeaseDesk(world);
    await desk.lease(orgId, 600n);
    expect(await desk.lease(orgId, 900n)).toMatchObject({ result: 'granted', amountNanoUsd: '400' });
    expect(await creditOf(world.admission, orgId)).toBe(1000n);
    expect(await desk.lease(orgId, 1001n)).toEqual({ result: 'insufficient' });
  });

  it('are shared by requests that ask at the same moment, as far as they go', async () => {
    const orgId = await world.fund(10_000_000n);
    const desk = createLeaseDesk(world);
    const answers = await Promise.all(Array.from({ length: 20 }, () => desk.lease(orgId, 10_000n)));

    expect(answers.every(({ result }) => result === 'granted')).toBe(true);
    expect(await creditOf(world.admission, orgId)).toBe(200_000n);
    expect(await world.leaseStatuses(orgId)).toHaveLength(2);
  });

  it('I2: never lease more than the balance, however many desks ask at once', async () => {
    const orgId = await world.fund(100_000n);
    const desks = Array.from({ length: 4 }, () => createLeaseDesk(world));
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, index) => desks[index % 4]?.lease(orgId, 7000n + BigInt(index))),
    );

    expect(answers.some((answer) => answer?.result === 'insufficient')).toBe(true);
    const { available, leased } = await world.balances(orgId);
    expect(available + leased).toBe(100_000n);
    expect(available).toBeLessThan(7039n);
    expect(await creditOf(world.admission, orgId)).toBe(leased);
  });

  it('are closed, oldest first, once charges have used them up', async () => {
    const orgId = await world.fund(10_000_000n);
    const desk = createLeaseDesk(world);
    for (let lease = 0; lease < 3; lease += 1) await desk.lease(orgId, 1000n);
    await world.handle(usageEvent({ orgId, costNanoUsd: 250_000 }));
    await desk.lease(orgId, 1000n);

    expect(await world.balances(orgId)).toEqual({ available: 9_600_000n, leased: 150_000n });
    expect(await world.leaseStatuses(orgId)).toEqual(['closed', 'closed', 'granted', 'granted']);
  });
});

describe('leases whose grant fails after the ledger has committed', () => {
  it.each(['before', 'after'] as const)(
    'I1: neither lose nor double money where the counter store breaks %s it takes them',
    async (when) => {
      const store = breakGrants(createMemoryAdmissionStore(), when);
      const broken = world.withStore(store);
      const orgId = await world.fund(10_000_000n);

      await expect(createLeaseDesk(broken).lease(orgId, 5000n)).rejects.toMatchObject({ code: 'billing_unavailable' });
      expect(await world.balances(orgId)).toEqual({ available: 9_900_000n, leased: 100_000n });
      expect(await world.leaseStatuses(orgId)).toEqual(['pending']);
      await expect(retryGrants(broken, atOnce)).rejects.toThrow();

      store.mend();
      await retryGrants(broken, atOnce);
      await retryGrants(broken, atOnce);

      expect(await creditOf(store, orgId)).toBe(100_000n);
      expect(await world.balances(orgId)).toEqual({ available: 9_900_000n, leased: 100_000n });
      expect(await world.leaseStatuses(orgId)).toEqual(['granted']);
    },
  );

  it('take no money when the counter store does not return its epoch', async () => {
    const store = { ...bind(createMemoryAdmissionStore()), readEpoch: () => Promise.reject(new Error('down')) };
    const orgId = await world.fund(10_000_000n);
    await expect(createLeaseDesk(world.withStore(store)).lease(orgId, 5000n)).rejects.toMatchObject({
      code: 'billing_unavailable',
    });
    expect(await world.balances(orgId)).toEqual({ available: 10_000_000n, leased: 0n });
  });

  it('return to the balance where they were given up ungranted, and are never granted after that', async () => {
    const store = breakGrants(createMemoryAdmissionStore(), 'before');
    const broken = world.withStore(store);
    const orgId = await world.fund(10_000_000n);
    await expect(createLeaseDesk(broken).lease(orgId, 5000n)).rejects.toThrow();

    await retryGrants(broken, { minAgeMs: 0, giveUpMs: 0 });
    expect(await world.leaseStatuses(orgId)).toEqual(['stranded']);
    store.mend();
    await retryGrants(broken, atOnce);
    expect(await creditOf(store, orgId)).toBe(0n);
    await releaseAll(broken);

    expect(await world.balances(orgId)).toEqual({ available: 10_000_000n, leased: 0n });
    expect(await world.leaseStatuses(orgId)).toEqual(['closed']);
  });

  it('stay leased where they were given up although the store had taken them: the credit is there', async () => {
    const store = breakGrants(createMemoryAdmissionStore(), 'after');
    const broken = world.withStore(store);
    const orgId = await world.fund(10_000_000n);
    await expect(createLeaseDesk(broken).lease(orgId, 5000n)).rejects.toThrow();

    await retryGrants(broken, { minAgeMs: 0, giveUpMs: 0 });
    await releaseAll(broken);

    expect(await creditOf(store, orgId)).toBe(100_000n);
    expect(await world.balances(orgId)).toEqual({ available: 9_900_000n, leased: 100_000n });
    expect(await world.leaseStatuses(orgId)).toEqual(['granted']);
  });
});

describe('a lease that is given up while its grant is under way', () => {
  it('is not granted as well: its credit is found when its money is looked at', async () => {
    const store = createMemoryAdmissionStore();
    const slow = world.withStore({
      ...bind(store),
      async grantCredit(grant) {
        await strandOldPending(world.database, 0);
        return store.grantCredit(grant);
      },
    });
    const orgId = await world.fund(10_000_000n);
    await createLeaseDesk(slow).lease(orgId, 5000n);
    expect(await world.leaseStatuses(orgId)).toEqual(['stranded']);
    await releaseAll(slow);
    expect(await world.balances(orgId)).toEqual({ available: 9_900_000n, leased: 100_000n });
  });
});

describe('a counter store that lost its data', () => {
  /** An organisation with 300 000 leased in the lost store, of which it spent 120 000. */
  async function loseStore() {
    const before = world.withStore(createMemoryAdmissionStore());
    const orgId = await world.fund(10_000_000n);
    const desk = createLeaseDesk(before);
    for (let lease = 0; lease < 3; lease += 1) await desk.lease(orgId, 1000n);
    const after = world.withStore(createMemoryAdmissionStore());
    return { orgId, after, lateCharge: usageEvent({ orgId, costNanoUsd: 120_000 }) };
  }

  it('strands the leases made before, and returns exactly what was not spent of them', async () => {
    const { orgId, after, lateCharge } = await loseStore();
    await after.storeEpoch.check();
    expect(await world.leaseStatuses(orgId)).toEqual(['stranded', 'stranded', 'stranded']);
    await world.handle(lateCharge);
    // Meanwhile the organisation works on with the new store, and has a request open.
    await createLeaseDesk(after).lease(orgId, 1000n);
    await after.admission.admit({ ...hold, orgId, requestId: 'open', holdNanoUsd: 30_000n });

    await releaseAll(after);

    expect(await world.balances(orgId)).toEqual({ available: 9_780_000n, leased: 100_000n });
    expect(await after.admission.readCredit(orgId)).toMatchObject({ creditNanoUsd: 70_000n, heldNanoUsd: 30_000n });
    expect(await world.leaseStatuses(orgId)).toEqual(['closed', 'closed', 'closed', 'granted']);
    expect(await world.check()).toMatchObject({ isConsistent: true });
    await releaseAll(after);
    expect(await world.balances(orgId)).toEqual({ available: 9_780_000n, leased: 100_000n });
  });

  it('I2: returns nothing while a spool may hold a settlement, however long that takes', async () => {
    const { orgId, after, lateCharge } = await loseStore();
    await after.reconcile(3);
    // The spool has reported of late, and yet not passed a mark since the store was read.
    await after.passMarks();
    await world.database.$executeRaw`UPDATE spool SET passed_mark = 0 WHERE passed_mark IS NOT NULL`;
    await after.reconcile(5);
    expect(await world.balances(orgId)).toEqual({ available: 9_700_000n, leased: 300_000n });
    expect(await world.figure('billing_stranded_nano_usd{reason="spool_behind"')).toBeGreaterThanOrEqual(300_000);

    await world.handle(lateCharge);
    await releaseAll(after);
    expect(await world.balances(orgId)).toEqual({ available: 9_880_000n, leased: 0n });
  });

  it('I2: returns nothing while the consumer has not read what the spools have shipped', async () => {
    const { orgId, after, lateCharge } = await loseStore();
    await after.reconcile();
    await after.passMarks();
    world.log.positions = [{ partition: 0, position: 4n, end: 5n }];
    await after.reconcile(3);
    expect((await world.balances(orgId)).leased).toBe(300_000n);
    // It reads on, and the log grows: the end of then is what counts.
    await world.handle(lateCharge);
    world.log.positions = [{ partition: 0, position: 5n, end: 9n }];
    await after.reconcile();

    expect(await world.balances(orgId)).toEqual({ available: 9_880_000n, leased: 0n });
    world.log.positions = [{ partition: 0, position: 9n, end: 9n }];
  });

  it('R4: returns nothing while a record is missing that the event log has acknowledged', async () => {
    const { orgId, after } = await loseStore();
    await after.reconcile();
    await after.passMarks('spool-gapped', 2);
    await after.passMarks();
    const record = (seq: number) => ({ id: 'spool-gapped', epoch: 1, seq });
    await world.handle(usageEvent({ orgId, costNanoUsd: 20_000, spool: record(1) }));
    await after.reconcile();
    expect((await world.balances(orgId)).leased).toBe(280_000n);

    await world.handle(usageEvent({ orgId, costNanoUsd: 100_000, spool: record(2) }));
    await after.reconcile();
    expect(await world.balances(orgId)).toEqual({ available: 9_880_000n, leased: 0n });
    await declareSpoolLost(world.database, 'spool-gapped');
  });

  it('does not return money of the new store whose charge is on the way', async () => {
    const { orgId, after } = await loseStore();
    await after.storeEpoch.check();
    const desk = createLeaseDesk(after);
    for (let lease = 0; lease < 5; lease += 1) await desk.lease(orgId, 1000n);
    await after.admission.admit({ ...hold, orgId, requestId: 'big', holdNanoUsd: 450_000n });
    await after.admission.settle({ orgId, requestId: 'big', actualNanoUsd: 450_000n, actualCosts: {} });
    await after.reconcile();
    await world.handle(usageEvent({ orgId, costNanoUsd: 450_000 }));
    await after.passMarks();
    await after.reconcile();

    expect(await world.balances(orgId)).toEqual({ available: 9_500_000n, leased: 50_000n });
    expect(await creditOf(after.admission, orgId)).toBe(50_000n);
  });

  it('releases nothing before the money has rested, nor while a lease is pending', async () => {
    const { orgId, after } = await loseStore();
    await after.storeEpoch.check();
    await releaseAll(after, { restMs: 60_000 });
    expect((await world.balances(orgId)).leased).toBe(300_000n);

    const broken = breakGrants(after.admission, 'before');
    await expect(createLeaseDesk(world.withStore(broken)).lease(orgId, 1000n)).rejects.toThrow();
    await releaseAll(after);
    expect((await world.balances(orgId)).leased).toBe(400_000n);

    broken.mend();
    await retryGrants(world.withStore(broken), atOnce);
    await releaseAll(after);
    expect(await world.balances(orgId)).toEqual({ available: 9_900_000n, leased: 100_000n });
    expect(await creditOf(after.admission, orgId)).toBe(100_000n);
  });

  it('never gets a lease of before granted again: its money may have been spent there', async () => {
    const broken = breakGrants(createMemoryAdmissionStore(), 'after');
    const orgId = await world.fund(10_000_000n);
    await expect(createLeaseDesk(world.withStore(broken)).lease(orgId, 5000n)).rejects.toThrow();
    const after = world.withStore(createMemoryAdmissionStore());

    await retryGrants(after, atOnce);

    expect(await creditOf(after.admission, orgId)).toBe(0n);
    expect(await world.leaseStatuses(orgId)).toEqual(['stranded']);
  });
});

describe('a hold that is never settled', () => {
  it('comes back to the balance once no settlement can follow: the store forgets it without giving it back', async () => {
    let nowMs = 0;
    const of = world.withStore(createMemoryAdmissionStore({ now: () => nowMs }));
    const orgId = await world.fund(10_000_000n);
    await createLeaseDesk(of).lease(orgId, 1000n);
    await of.admission.admit({ ...hold, orgId, requestId: 'lost', holdNanoUsd: 40_000n });
    nowMs += 61_000;

    await releaseAll(of);

    expect(await world.balances(orgId)).toEqual({ available: 9_940_000n, leased: 60_000n });
    expect(await creditOf(of.admission, orgId)).toBe(60_000n);
  });
});

describe('reclaiming at the end', () => {
  it('returns exactly the idle credit, and leaves what open requests hold', async () => {
    const of = world.withStore(createMemoryAdmissionStore());
    const [idle, busy] = await Promise.all([world.fund(10_000_000n), world.fund(10_000_000n)]);
    const desk = createLeaseDesk(of);
    await desk.lease(idle, 1000n);
    await desk.lease(busy, 1000n);
    await of.admission.admit({ ...hold, orgId: busy, requestId: 'open', holdNanoUsd: 30_000n });

    expect(await reclaimLeases(world.database, of.admission)).toBe(170_000n);

    expect(await world.balances(idle)).toEqual({ available: 10_000_000n, leased: 0n });
    expect(await world.balances(busy)).toEqual({ available: 9_970_000n, leased: 30_000n });
    expect(await world.leaseStatuses(idle)).toEqual(['closed']);
    expect(await world.leaseStatuses(busy)).toEqual(['granted']);
    expect(await creditOf(of.admission, idle)).toBe(0n);
    expect(await world.check()).toMatchObject({ isConsistent: true });
  });

  it('strands money, and never leaves credit without it, where it breaks after the counter', async () => {
    const of = world.withStore(createMemoryAdmissionStore());
    const orgId = await world.fund(10_000_000n);
    await createLeaseDesk(of).lease(orgId, 1000n);
    const dying: AdmissionStore = {
      ...bind(of.admission),
      async reclaimCredit(reclaim) {
        await of.admission.reclaimCredit(reclaim);
        throw new Error('killed');
      },
    };
    await expect(reclaimLeases(world.database, dying)).rejects.toThrow('killed');
    expect(await world.balances(orgId)).toEqual({ available: 9_900_000n, leased: 100_000n });

    const after = world.withStore(createMemoryAdmissionStore());
    await after.storeEpoch.check();
    await releaseAll(after);
    expect(await world.balances(orgId)).toEqual({ available: 10_000_000n, leased: 0n });
  });
});
