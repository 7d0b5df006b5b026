import { describe, expect, it } from '@jest/globals';
import { makeOrg, toRequest, type UseHarness } from './harness.ts';

export function describeExpiryAndLoss(use: UseHarness): void {
  describe('holds that are never settled', () => {
    it('frees their slots after their time and never returns their money', async () => {
      const { store, passTime } = use();
      const orgId = await makeOrg(store, 1000n);
      const concurrency = [{ subject: 'key:a', max: 1 }];
      const lost = toRequest({ orgId, holdNanoUsd: 600n, concurrency, holdTtlMs: 400 });
      const kept = toRequest({ orgId, holdNanoUsd: 100n });
      await store.admit(kept);
      await store.admit(lost);
      expect((await store.admit(toRequest({ orgId, concurrency }))).result).toBe('concurrency_limited');
      await passTime(401);
      expect((await store.admit(toRequest({ orgId, concurrency }))).result).toBe('admitted');
      expect(await store.readCredit(orgId)).toEqual({ creditNanoUsd: 300n, heldNanoUsd: 100n, openHolds: 2 });
      await store.settle({ orgId, requestId: lost.requestId, actualNanoUsd: 0n, actualCosts: {} });
      expect(await store.readCredit(orgId)).toEqual({ creditNanoUsd: 300n, heldNanoUsd: 100n, openHolds: 2 });
    });

    it('returns nothing for a settlement that is the first call after the hold ended', async () => {
      const { store, passTime } = use();
      const orgId = await makeOrg(store, 1000n);
      const lost = toRequest({ orgId, holdNanoUsd: 600n, holdTtlMs: 20 });
      await store.admit(lost);
      await passTime(21);
      await store.settle({ orgId, requestId: lost.requestId, actualNanoUsd: 0n, actualCosts: {} });
      expect(await store.readCredit(orgId)).toEqual({ creditNanoUsd: 400n, heldNanoUsd: 0n, openHolds: 0 });
    });

    it('holds again for a request id whose hold has ended', async () => {
      const { store, passTime } = use();
      const orgId = await makeOrg(store, 1000n);
      const request = toRequest({ orgId, holdNanoUsd: 400n, holdTtlMs: 20 });
      await store.admit(request);
      await passTime(21);
      expect((await store.admit({ ...request, holdTtlMs: 600_000 })).result).toBe('admitted');
      expect(await store.readCredit(orgId)).toEqual({ creditNanoUsd: 200n, heldNanoUsd: 400n, openHolds: 1 });
    });

    it('ends a large number of them in any order', async () => {
      const { store, passTime } = use();
      const orgId = await makeOrg(store, 1000n);
      const concurrency = [{ subject: 'key:a', max: 300 }];
      const crowd = Array.from({ length: 300 }, (_none, index) =>
        toRequest({ orgId, holdNanoUsd: 1n, concurrency, holdTtlMs: index % 2 === 0 ? 30 : 20 }),
      );
      await Promise.all(crowd.map((request) => store.admit(request)));
      await passTime(31);
      for (let turn = 0; turn < 6; turn += 1) await store.readCredit(orgId);
      expect(await store.readCredit(orgId)).toEqual({ creditNanoUsd: 700n, heldNanoUsd: 0n, openHolds: 0 });
      const answers = await Promise.all(
        Array.from({ length: 301 }, () => store.admit(toRequest({ orgId, concurrency }))),
      );
      expect(answers.filter(({ result }) => result === 'admitted')).toHaveLength(300);
    });
  });

  describe('epoch', () => {
    it('stays while the data stays, and changes when the data is lost', async () => {
      const harness = use();
      const epoch = await harness.store.readEpoch();
      const orgId = await makeOrg(harness.store, 1000n);
      const request = toRequest({ orgId, holdNanoUsd: 10n });
      await harness.store.admit(request);
      expect(await Promise.all([harness.store.readEpoch(), harness.store.readEpoch()])).toEqual([epoch, epoch]);

      await harness.loseData();
      expect((await harness.store.admit(toRequest({ orgId, holdNanoUsd: 1n }))).result).toBe('no_credit');
      await harness.store.settle({ orgId, requestId: request.requestId, actualNanoUsd: 0n, actualCosts: {} });
      expect(await harness.store.readCredit(orgId)).toEqual({ creditNanoUsd: 0n, heldNanoUsd: 0n, openHolds: 0 });
      const next = await harness.store.readEpoch();
      expect(next).not.toBe(epoch);
      expect(await harness.store.readEpoch()).toBe(next);
    });
  });
}
