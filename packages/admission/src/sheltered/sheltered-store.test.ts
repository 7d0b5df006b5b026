import { randomUUID } from 'node:crypto';
import { createFakeClock } from '@aggregator/testing';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { makeOrg, toRequest } from '../conformance/harness.ts';
import { describeAdmissionStore } from '../conformance.ts';
import { createMemoryAdmissionStore } from '../memory/memory-store.ts';
import type { AdmissionStore } from '../port.ts';
import type { LedgerHolds } from './ledger-holds.ts';
import { createShelteredAdmissionStore } from './sheltered-store.ts';

const noLedger: LedgerHolds = {
  hold: () => Promise.reject(new Error('the ledger is not to be asked')),
  raise: () => Promise.reject(new Error('the ledger is not to be asked')),
  release: () => Promise.reject(new Error('the ledger is not to be asked')),
};

describeAdmissionStore('sheltered, while its store is there,', async () => {
  const clock = createFakeClock(5_000);
  const now = () => clock.now();
  let store = shelter(createMemoryAdmissionStore({ now }), noLedger);
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
      store = shelter(createMemoryAdmissionStore({ now }), noLedger);
    },
    close: () => store.close(),
  };
});

interface Options {
  sharedBy?: number;
  openMax?: number;
  onChange?(isAway: boolean): void;
}

function shelter(primary: AdmissionStore, ledger: LedgerHolds, options: Options = {}): AdmissionStore {
  return createShelteredAdmissionStore({
    ...{ primary, ledger, sharedBy: 1, openMax: 64, onChange: () => undefined },
    refuse: () => new Error('too many'),
    ...options,
  });
}

/** A store that can be switched off, and a ledger that notes what it was asked. */
function makeWorld(options: Options = {}) {
  const state = { isAway: false, balanceNanoUsd: 1000n };
  const primary = createMemoryAdmissionStore();
  const guard = <Answer>(answer: () => Promise<Answer>) =>
    state.isAway ? Promise.reject(new Error('away')) : answer();
  const held = new Map<string, bigint>();
  const ledger: LedgerHolds = {
    async hold({ requestId, holdNanoUsd }) {
      if (state.balanceNanoUsd < holdNanoUsd) throw new Error('insufficient');
      state.balanceNanoUsd -= holdNanoUsd;
      held.set(requestId, holdNanoUsd);
      return state.balanceNanoUsd;
    },
    async raise({ requestId, holdNanoUsd }) {
      const more = holdNanoUsd - (held.get(requestId) ?? 0n);
      if (state.balanceNanoUsd < more) throw new Error('insufficient');
      state.balanceNanoUsd -= more;
      held.set(requestId, holdNanoUsd);
      return state.balanceNanoUsd;
    },
    async release({ requestId }) {
      state.balanceNanoUsd += held.get(requestId) ?? 0n;
      held.delete(requestId);
    },
  };
  const store = shelter(
    {
      admit: (request) => guard(() => primary.admit(request)),
      raiseHold: (raise) => guard(() => primary.raiseHold(raise)),
      settle: (settlement) => guard(() => primary.settle(settlement)),
      grantCredit: (grant) => guard(() => primary.grantCredit(grant)),
      reclaimCredit: (reclaim) => guard(() => primary.reclaimCredit(reclaim)),
      countSlots: (request) => guard(() => primary.countSlots(request)),
      readCredit: (orgId) => guard(() => primary.readCredit(orgId)),
      takeRate: (limit) => guard(() => primary.takeRate(limit)),
      takeRates: (request) => guard(() => primary.takeRates(request)),
      readEpoch: () => guard(() => primary.readEpoch()),
      budgets: primary.budgets,
      slices: primary.slices,
      close: () => primary.close(),
    },
    ledger,
    options,
  );
  return { state, primary, held, store };
}

describe('a counter store that is away', () => {
  afterEach(() => {
    jest.useRealTimers();
  });

  it('has the ledger hold each request, and admits nothing that the ledger does not hold (I2)', async () => {
    const { state, held, store } = makeWorld();
    const orgId = randomUUID();
    state.isAway = true;
    const requests = [400n, 400n, 400n].map((holdNanoUsd) => toRequest({ orgId, holdNanoUsd }));

    const answers = await Promise.allSettled(requests.map((request) => store.admit(request)));

    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    expect(answers[0]).toMatchObject({ value: { result: 'admitted', creditNanoUsd: 600n } });
    expect([...held.values()]).toEqual([400n, 400n]);
  });

  it('raises a hold where it was taken, and nowhere else (I2)', async () => {
    const { state, held, primary, store } = makeWorld();
    const orgId = await makeOrg(primary, 1000n);
    const early = toRequest({ orgId, holdNanoUsd: 300n });
    await store.admit(early);
    state.isAway = true;
    await expect(store.raiseHold({ orgId, requestId: early.requestId, holdNanoUsd: 400n })).rejects.toThrow('away');
    const late = toRequest({ orgId, holdNanoUsd: 300n });
    await store.admit(late);

    const raise = { orgId, requestId: late.requestId, holdNanoUsd: 900n };
    expect(await store.raiseHold(raise)).toEqual({ result: 'raised', creditNanoUsd: 100n });
    await expect(store.raiseHold({ ...raise, holdNanoUsd: 1001n })).rejects.toThrow('insufficient');

    expect([...held]).toEqual([[late.requestId, 900n]]);
    await store.close();
  });

  it('leaves the end of a hold to the usage event where the request cost something, and releases it where it did not', async () => {
    const { state, held, store } = makeWorld();
    const orgId = randomUUID();
    state.isAway = true;
    const [paid, free] = [toRequest({ orgId, holdNanoUsd: 300n }), toRequest({ orgId, holdNanoUsd: 300n })];
    await store.admit(paid);
    await store.admit(free);

    await store.settle({ orgId, requestId: paid.requestId, actualNanoUsd: 120n, actualCosts: {} });
    await store.settle({ orgId, requestId: free.requestId, actualNanoUsd: 0n, actualCosts: {} });

    expect([...held.keys()]).toEqual([paid.requestId]);
  });

  it('limits each process to its part of every limit (I14)', async () => {
    const { state, store } = makeWorld({ sharedBy: 4 });
    const orgId = randomUUID();
    state.isAway = true;
    const limited = () =>
      toRequest({
        orgId,
        rates: [{ subject: 'key:a:requests', ratePerMinute: 8, cost: 1 }],
        concurrency: [{ subject: 'key:a:concurrency', max: 4 }],
      });

    const first = limited();
    expect(await store.admit(first)).toMatchObject({ result: 'admitted' });
    expect(await store.admit(limited())).toMatchObject({ result: 'concurrency_limited', max: 1 });
    await store.settle({ orgId, requestId: first.requestId, actualNanoUsd: 0n, actualCosts: {} });
    expect(await store.admit({ ...limited(), concurrency: [] })).toMatchObject({ result: 'admitted' });
    expect(await store.admit({ ...limited(), concurrency: [] })).toMatchObject({ result: 'rate_limited' });
    expect(await store.takeRate({ subject: 'm', ratePerMinute: 4, cost: 1 })).toMatchObject({
      isAllowed: true,
      limit: 1,
    });
    expect(await store.takeRate({ subject: 'm', ratePerMinute: 4, cost: 1 })).toMatchObject({ isAllowed: false });
  });

  it('has room for so many open requests and no more', async () => {
    const { state, store } = makeWorld({ openMax: 2 });
    const orgId = randomUUID();
    state.isAway = true;

    const answers = await Promise.allSettled([1, 2, 3].map(() => store.admit(toRequest({ orgId }))));

    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
  });

  it('is asked again once it answers, and has what it took in doubt given back', async () => {
    jest.useFakeTimers();
    const changes: boolean[] = [];
    const { state, primary, store } = makeWorld({ onChange: (isAway) => changes.push(isAway) });
    const orgId = await makeOrg(primary, 1000n);
    const doubtful = toRequest({ orgId, holdNanoUsd: 300n });
    await primary.admit(doubtful);
    state.isAway = true;
    await store.admit(doubtful);
    await jest.advanceTimersByTimeAsync(3000);
    expect(changes).toEqual([true]);

    state.isAway = false;
    await jest.advanceTimersByTimeAsync(1000);

    expect(changes).toEqual([true, false]);
    expect(await primary.readCredit(orgId)).toMatchObject({ creditNanoUsd: 1000n, openHolds: 0 });
    expect(await store.admit(toRequest({ orgId, holdNanoUsd: 100n }))).toMatchObject({ creditNanoUsd: 900n });
    await store.close();
  });
});
