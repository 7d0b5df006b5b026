import { createFakeClock } from '@aggregator/testing';
import { describe, expect, it, jest } from '@jest/globals';
import { makeOrg, toRequest } from '../conformance/harness.ts';
import { describeAdmissionStore } from '../conformance.ts';
import { createMemoryAdmissionStore } from '../memory/memory-store.ts';
import type { AdmissionStore, AdmitRequest } from '../port.ts';
import { createSlicedAdmissionStore, type SlicedAdmissionStore } from './sliced-store.ts';

/** Processes that share a store, each with slices from its first request on. */
function makeWorld({ processes = 2, busyFrom = 1 } = {}) {
  const clock = createFakeClock(5_000);
  const primary = createMemoryAdmissionStore({ now: () => clock.now() });
  const counts = { admitted: 0, taken: 0 };
  /** `isOpen`: a slice that was taken arrives then. `isLost`: the store has lost its slices. */
  const gate = { isOpen: Promise.resolve(), isLost: false };
  const open = new Set<string>();
  const deaf = new Set<SlicedAdmissionStore>();
  const counted: AdmissionStore = {
    admit: (request) => {
      counts.admitted += 1;
      return primary.admit(request);
    },
    raiseHold: (raise) => primary.raiseHold(raise),
    settle: (settlement) => primary.settle(settlement),
    grantCredit: (grant) => primary.grantCredit(grant),
    reclaimCredit: (reclaim) => primary.reclaimCredit(reclaim),
    countSlots: (request) => primary.countSlots(request),
    readCredit: (orgId) => primary.readCredit(orgId),
    takeRate: (limit) => primary.takeRate(limit),
    takeRates: (request) => primary.takeRates(request),
    readEpoch: () => primary.readEpoch(),
    budgets: primary.budgets,
    slices: {
      async take(request) {
        counts.taken += 1;
        const taken = await primary.slices.take(request);
        await gate.isOpen;
        return taken;
      },
      book: (booking) => {
        return gate.isLost ? Promise.resolve(false) : primary.slices.book(booking);
      },
      recall: (orgId) => primary.slices.recall(orgId),
    },
    close: () => primary.close(),
  };
  const stores: SlicedAdmissionStore[] = Array.from({ length: processes }, () =>
    createSlicedAdmissionStore({
      ...{ primary: counted, now: () => clock.now(), busyFrom },
      async wait(ms) {
        clock.advance(ms);
      },
      async publishRecall(orgId) {
        await Promise.all(stores.filter((store) => !deaf.has(store)).map((store) => store.giveBack(orgId)));
      },
      onTaking: (sliceId) => open.add(sliceId),
      onEnded: (sliceId) => open.delete(sliceId),
    }),
  );
  const [first, second] = stores;
  if (first === undefined) throw new Error('no process');
  return { clock, primary, counts, gate, open, deaf, first, second: second ?? first, stores };
}

/** Admits one request and lets the slice arrive that it asks for. */
async function warmUp(store: AdmissionStore, request: AdmitRequest): Promise<void> {
  expect((await store.admit(request)).result).toBe('admitted');
  await new Promise((resolve) => setImmediate(resolve));
}

describeAdmissionStore('sliced', async () => {
  const clock = createFakeClock(5_000);
  const now = () => clock.now();
  const make = () =>
    createSlicedAdmissionStore({
      ...{ primary: createMemoryAdmissionStore({ now }), now, busyFrom: 1 },
      ...{ publishRecall: async () => undefined, onTaking: () => undefined, onEnded: () => undefined },
    });
  let store = make();
  return {
    get store() {
      return store;
    },
    nowMs: now,
    async passTime(ms) {
      clock.advance(ms);
    },
    async loseData() {
      await store.close();
      store = make();
    },
    close: () => store.close(),
  };
});

describe('slices of a process', () => {
  it('admit without the store, and give back what was not used', async () => {
    const { first, primary, counts, open } = makeWorld();
    const orgId = await makeOrg(primary, 1_000_000n);
    const rates = [{ subject: 'key:a:requests', ratePerMinute: 1000, cost: 1 }];
    const ask = () => toRequest({ orgId, holdNanoUsd: 100n, rates, concurrency: [{ subject: 'key:a', max: 100 }] });
    await warmUp(first, ask());
    counts.admitted = 0;

    const requests = [ask(), ask(), ask(), ask()];
    const answers = await Promise.all(requests.map((request) => first.admit(request)));

    expect(answers.map(({ result }) => result)).toEqual(['admitted', 'admitted', 'admitted', 'admitted']);
    expect(answers.map(({ rates: [verdict] }) => verdict?.remaining)).toEqual([998, 997, 996, 995]);
    expect(counts.admitted).toBe(0);
    for (const { requestId } of requests) await first.settle({ orgId, requestId, actualNanoUsd: 7n, actualCosts: {} });
    await first.giveBack();
    expect(await primary.readCredit(orgId)).toEqual({ creditNanoUsd: 999_872n, heldNanoUsd: 100n, openHolds: 1 });
    expect(await primary.countSlots({ orgId, subjects: ['key:a'] })).toEqual([1]);
    expect(open.size).toBe(0);
  });

  it('are taken by busy callers alone', async () => {
    const { first, primary, counts } = makeWorld({ busyFrom: 8 });
    const orgId = await makeOrg(primary, 1_000_000n);
    for (let request = 0; request < 7; request += 1) await warmUp(first, toRequest({ orgId, holdNanoUsd: 1n }));
    expect(counts.taken).toBe(0);
    await warmUp(first, toRequest({ orgId, holdNanoUsd: 1n }));
    expect(counts.taken).toBe(1);
    await first.close();
  });

  it('keep the money of open requests while they drain, and no more', async () => {
    const { first, primary, open, clock } = makeWorld();
    const orgId = await makeOrg(primary, 1_000_000n);
    await warmUp(first, toRequest({ orgId, holdNanoUsd: 100n }));
    const [slow, quick] = [toRequest({ orgId, holdNanoUsd: 100n }), toRequest({ orgId, holdNanoUsd: 50n })];
    await first.admit(slow);
    await first.admit(quick);
    clock.advance(1000);
    await first.settle({ orgId, requestId: quick.requestId, actualNanoUsd: 50n, actualCosts: {} });
    await first.giveBack(orgId);
    expect(await primary.readCredit(orgId)).toEqual({ creditNanoUsd: 999_750n, heldNanoUsd: 200n, openHolds: 2 });
    expect(open.size).toBe(1);
    await first.settle({ orgId, requestId: slow.requestId, actualNanoUsd: 1n, actualCosts: {} });
    await first.giveBack(orgId);
    expect(await primary.readCredit(orgId)).toEqual({ creditNanoUsd: 999_849n, heldNanoUsd: 100n, openHolds: 1 });
    expect(open.size).toBe(0);
  });

  it('admit nothing after their time', async () => {
    const { first, primary, counts, clock } = makeWorld();
    const orgId = await makeOrg(primary, 1_000_000n);
    await warmUp(first, toRequest({ orgId, holdNanoUsd: 1n }));
    clock.advance(1000);
    counts.admitted = 0;
    await first.admit(toRequest({ orgId, holdNanoUsd: 1n }));
    expect(counts.admitted).toBe(1);
    await first.close();
  });

  it('come back before a request of another process is refused (I2)', async () => {
    const { first, second, primary } = makeWorld();
    const orgId = await makeOrg(primary, 1000n);
    await warmUp(first, toRequest({ orgId, holdNanoUsd: 10n }));
    expect(await primary.readCredit(orgId)).toMatchObject({ creditNanoUsd: 930n });
    expect((await second.admit(toRequest({ orgId, holdNanoUsd: 990n }))).result).toBe('admitted');
    expect(await primary.readCredit(orgId)).toMatchObject({ creditNanoUsd: 0n, heldNanoUsd: 1000n });
  });

  it('come back for a limit of requests at once and for a rate (I14)', async () => {
    const { first, second, primary } = makeWorld();
    const orgId = await makeOrg(primary, 1000n);
    const rates = [{ subject: 'key:a:requests', ratePerMinute: 40, cost: 1 }];
    const ask = () => toRequest({ orgId, rates, concurrency: [{ subject: 'key:a', max: 40 }] });
    await warmUp(first, ask());
    const answers = [];
    for (let request = 0; request < 40; request += 1) answers.push((await second.admit(ask())).result);
    expect(answers.filter((result) => result === 'admitted')).toHaveLength(39);
    expect(answers.at(-1)).toBe('rate_limited');
    await first.close();
    await second.close();
  });

  it('of a process that does not answer are waited for, 100 ms at most, and then the request is refused', async () => {
    const { first, second, primary, deaf, clock } = makeWorld();
    const orgId = await makeOrg(primary, 1000n);
    await warmUp(first, toRequest({ orgId, holdNanoUsd: 10n }));
    deaf.add(first);
    const startMs = clock.now();
    expect((await second.admit(toRequest({ orgId, holdNanoUsd: 990n }))).result).toBe('no_credit');
    expect(clock.now() - startMs).toBe(100);
    await second.close();
  });

  it('raise a hold from what they have, and else at the store (I2)', async () => {
    const { first, primary } = makeWorld();
    const orgId = await makeOrg(primary, 1000n);
    await warmUp(first, toRequest({ orgId, holdNanoUsd: 10n }));
    const request = toRequest({ orgId, holdNanoUsd: 10n });
    await first.admit(request);
    const raise = (holdNanoUsd: bigint) => first.raiseHold({ orgId, requestId: request.requestId, holdNanoUsd });
    expect((await raise(30n)).result).toBe('raised');
    const answers = await Promise.all([raise(900n), raise(900n), raise(500n)]);
    expect(answers.map(({ result }) => result)).toEqual(['raised', 'raised', 'raised']);
    expect((await raise(991n)).result).toBe('no_credit');
    expect((await raise(990n)).result).toBe('raised');
    await first.giveBack();
    expect(await primary.readCredit(orgId)).toEqual({ creditNanoUsd: 0n, heldNanoUsd: 1000n, openHolds: 2 });
    await first.settle({ orgId, requestId: request.requestId, actualNanoUsd: 100n, actualCosts: {} });
    await first.giveBack();
    expect(await primary.readCredit(orgId)).toEqual({ creditNanoUsd: 890n, heldNanoUsd: 10n, openHolds: 1 });
  });

  it('are given back also if they are still on their way', async () => {
    const { first, primary, gate, open, counts } = makeWorld();
    const orgId = await makeOrg(primary, 1000n);
    const arrival = Promise.withResolvers<void>();
    gate.isOpen = arrival.promise;
    await warmUp(first, toRequest({ orgId, holdNanoUsd: 10n }));
    expect(open.size).toBe(1);
    const isBack = first.giveBack(orgId);
    arrival.resolve();
    await isBack;
    expect(open.size).toBe(0);
    expect(await primary.readCredit(orgId)).toEqual({ creditNanoUsd: 990n, heldNanoUsd: 10n, openHolds: 1 });
    counts.admitted = 0;
    await first.admit(toRequest({ orgId, holdNanoUsd: 10n }));
    expect(counts.admitted).toBe(1);
  });

  it('admit nothing more once the store has lost them (I2)', async () => {
    const { first, primary, gate, counts, open } = makeWorld();
    const orgId = await makeOrg(primary, 1000n);
    await warmUp(first, toRequest({ orgId, holdNanoUsd: 10n }));
    gate.isLost = true;
    jest.useFakeTimers();
    const request = toRequest({ orgId, holdNanoUsd: 10n });
    await first.admit(request);
    await first.settle({ orgId, requestId: request.requestId, actualNanoUsd: 1n, actualCosts: {} });
    await jest.advanceTimersByTimeAsync(25);
    jest.useRealTimers();
    counts.admitted = 0;
    await first.admit(toRequest({ orgId, holdNanoUsd: 10n }));
    expect(counts.admitted).toBe(1);
    await first.giveBack();
    expect(open.size).toBe(0);
  });

  it('spend a credit and a rate to their end, and no further (I2, I14)', async () => {
    const { stores, primary } = makeWorld({ processes: 3 });
    const orgId = await makeOrg(primary, 1000n);
    const rates = [{ subject: 'key:a:requests', ratePerMinute: 70, cost: 1 }];
    const results: string[] = [];
    for (let turn = 0; turn < 120; turn += 1) {
      const request = toRequest({ orgId, holdNanoUsd: 10n, rates: turn < 60 ? [] : rates });
      const store = stores[turn % 3] ?? primary;
      results.push((await store.admit(request)).result);
      await store.settle({ orgId, requestId: request.requestId, actualNanoUsd: 10n, actualCosts: {} });
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(results.filter((result) => result === 'admitted')).toHaveLength(100);
    expect(results.slice(100)).toEqual(Array.from({ length: 20 }, () => 'no_credit'));
    const limited = await makeOrg(primary, 1_000_000n);
    const admitted = [];
    for (let turn = 0; turn < 90; turn += 1) {
      const store = stores[turn % 3] ?? primary;
      admitted.push((await store.admit(toRequest({ orgId: limited, holdNanoUsd: 1n, rates }))).result);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(admitted.filter((result) => result === 'admitted')).toHaveLength(70);
    await Promise.all(stores.map((store) => store.giveBack()));
  });

  it('are booked and ended by themselves', async () => {
    jest.useFakeTimers();
    const primary = createMemoryAdmissionStore();
    const ended: string[] = [];
    const options = { publishRecall: async () => undefined, onTaking: () => undefined };
    const store = createSlicedAdmissionStore({ ...options, primary, busyFrom: 1, onEnded: (id) => ended.push(id) });
    const orgId = await makeOrg(primary, 1_000_000n);
    await store.admit(toRequest({ orgId, holdNanoUsd: 100n }));
    await jest.advanceTimersByTimeAsync(1);
    const request = toRequest({ orgId, holdNanoUsd: 100n });
    await store.admit(request);
    await store.settle({ orgId, requestId: request.requestId, actualNanoUsd: 60n, actualCosts: {} });
    const sum = async () => {
      const { creditNanoUsd, heldNanoUsd } = await primary.readCredit(orgId);
      return creditNanoUsd + heldNanoUsd;
    };
    expect(await sum()).toBe(1_000_000n);
    await jest.advanceTimersByTimeAsync(25);
    expect(await sum()).toBe(999_940n);
    expect(ended).toEqual([]);
    await jest.advanceTimersByTimeAsync(1025);
    expect(ended).toHaveLength(1);
    expect(await primary.readCredit(orgId)).toEqual({ creditNanoUsd: 999_840n, heldNanoUsd: 100n, openHolds: 1 });
    await store.admit(toRequest({ orgId, holdNanoUsd: 100n }));
    await jest.advanceTimersByTimeAsync(1);
    await store.admit(toRequest({ orgId, holdNanoUsd: 100n }));
    await jest.advanceTimersByTimeAsync(60_000);
    // The slice of an open stream stays, with the stream's money and no more.
    expect(ended).toHaveLength(1);
    expect(await primary.readCredit(orgId)).toMatchObject({ heldNanoUsd: 300n, openHolds: 3 });
    await store.close();
    jest.useRealTimers();
  });
});
