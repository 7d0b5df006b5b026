import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { makeOrg, toRequest, type UseHarness } from './harness.ts';

export function describeCredit(use: UseHarness): void {
  describe('credit', () => {
    it('admits exactly as many of 500 parallel requests as the credit covers', async () => {
      const { store } = use();
      const orgId = await makeOrg(store, 799n);
      const answers = await Promise.all(
        Array.from({ length: 500 }, () => store.admit(toRequest({ orgId, holdNanoUsd: 100n }))),
      );
      expect(answers.filter(({ result }) => result === 'admitted')).toHaveLength(7);
      expect(answers.filter(({ result }) => result === 'no_credit')).toHaveLength(493);
      expect(await store.readCredit(orgId)).toEqual({ creditNanoUsd: 99n, heldNanoUsd: 700n, openHolds: 7 });
    });

    it('admits a request that takes the credit to the last nano, and refuses one nano more', async () => {
      const { store } = use();
      const orgId = await makeOrg(store, 1000n);
      const refused = await store.admit(toRequest({ orgId, holdNanoUsd: 1001n }));
      expect(refused).toEqual({ result: 'no_credit', creditNanoUsd: 1000n, rates: [] });
      const admitted = await store.admit(toRequest({ orgId, holdNanoUsd: 1000n }));
      expect(admitted).toEqual({ result: 'admitted', creditNanoUsd: 0n, rates: [] });
    });

    it('returns with an admission the credit that is left for others', async () => {
      const { store } = use();
      const orgId = await makeOrg(store, 1_700_000_000_000_001n);
      const request = toRequest({ orgId, holdNanoUsd: 1n });
      const left = { result: 'admitted', creditNanoUsd: 1_700_000_000_000_000n };
      expect(await store.admit(request)).toMatchObject(left);
      expect(await store.admit(request)).toMatchObject(left);
    });

    it('refuses an organisation that was never granted credit', async () => {
      const { store } = use();
      const answer = await store.admit(toRequest({ orgId: randomUUID(), holdNanoUsd: 1n }));
      expect(answer).toEqual({ result: 'no_credit', creditNanoUsd: 0n, rates: [] });
    });

    it('takes once for a request id that is held, however often and however parallel it asks', async () => {
      const { store } = use();
      const orgId = await makeOrg(store, 1000n);
      const request = toRequest({
        orgId,
        holdNanoUsd: 600n,
        rates: [{ subject: 'key:a:requests', ratePerMinute: 10, cost: 4 }],
        concurrency: [{ subject: 'key:a', max: 1 }],
      });
      const answers = await Promise.all(Array.from({ length: 20 }, () => store.admit(request)));
      for (const answer of answers) {
        expect(answer.result).toBe('admitted');
        expect(answer.rates[0]).toMatchObject({ isAllowed: true, remaining: 6, retryAfterMs: 0 });
      }
      expect(await store.readCredit(orgId)).toEqual({ creditNanoUsd: 400n, heldNanoUsd: 600n, openHolds: 1 });
    });

    it('gives back what was held beyond the actual amount, once', async () => {
      const { store } = use();
      const orgId = await makeOrg(store, 1000n);
      const request = toRequest({ orgId, holdNanoUsd: 600n });
      await store.admit(request);
      const settlement = { orgId, requestId: request.requestId, actualNanoUsd: 250n, actualCosts: {} };
      await store.settle(settlement);
      const settled = { creditNanoUsd: 750n, heldNanoUsd: 0n, openHolds: 0 };
      expect(await store.readCredit(orgId)).toEqual(settled);
      await store.settle(settlement);
      await store.settle({ ...settlement, actualNanoUsd: 0n });
      expect(await store.readCredit(orgId)).toEqual(settled);
    });

    it('raises an open hold by the difference, once, and gives all of it back at the end', async () => {
      const { store } = use();
      const orgId = await makeOrg(store, 1000n);
      const rates = [{ subject: 'key:a:requests', ratePerMinute: 10, cost: 4 }];
      const request = toRequest({ orgId, holdNanoUsd: 300n, rates, concurrency: [{ subject: 'key:a', max: 1 }] });
      await store.admit(request);
      const raise = { orgId, requestId: request.requestId, holdNanoUsd: 900n };
      const answers = await Promise.all(Array.from({ length: 10 }, () => store.raiseHold(raise)));
      for (const answer of answers) expect(answer).toEqual({ result: 'raised', creditNanoUsd: 100n });
      expect(await store.raiseHold({ ...raise, holdNanoUsd: 200n })).toEqual({
        result: 'raised',
        creditNanoUsd: 100n,
      });
      expect(await store.readCredit(orgId)).toEqual({ creditNanoUsd: 100n, heldNanoUsd: 900n, openHolds: 1 });
      await store.settle({
        ...{ orgId, requestId: request.requestId, actualNanoUsd: 850n },
        actualCosts: { 'key:a:requests': 0 },
      });
      expect(await store.readCredit(orgId)).toEqual({ creditNanoUsd: 150n, heldNanoUsd: 0n, openHolds: 0 });
      const again = await store.admit(toRequest({ orgId, rates, concurrency: [{ subject: 'key:a', max: 1 }] }));
      expect(again).toMatchObject({ result: 'admitted', rates: [{ remaining: 6 }] });
    });

    it('raises no hold above the credit, and changes nothing then (I2)', async () => {
      const { store } = use();
      const orgId = await makeOrg(store, 1000n);
      const request = toRequest({ orgId, holdNanoUsd: 300n });
      await store.admit(request);
      const raise = { orgId, requestId: request.requestId, holdNanoUsd: 1001n };
      expect(await store.raiseHold(raise)).toEqual({ result: 'no_credit', creditNanoUsd: 700n });
      expect(await store.readCredit(orgId)).toEqual({ creditNanoUsd: 700n, heldNanoUsd: 300n, openHolds: 1 });
      expect(await store.raiseHold({ ...raise, holdNanoUsd: 1000n })).toEqual({ result: 'raised', creditNanoUsd: 0n });
      await expect(store.raiseHold({ ...raise, holdNanoUsd: 2n ** 53n })).rejects.toThrow(RangeError);
    });

    it('raises no hold that was settled or never taken', async () => {
      const { store } = use();
      const orgId = await makeOrg(store, 1000n);
      const request = toRequest({ orgId, holdNanoUsd: 300n });
      await store.admit(request);
      await store.settle({ orgId, requestId: request.requestId, actualNanoUsd: 0n, actualCosts: {} });
      for (const requestId of [request.requestId, randomUUID()]) {
        expect(await store.raiseHold({ orgId, requestId, holdNanoUsd: 400n })).toEqual({ result: 'absent' });
      }
      expect(await store.readCredit(orgId)).toEqual({ creditNanoUsd: 1000n, heldNanoUsd: 0n, openHolds: 0 });
    });

    it('takes an overrun from the credit and stops at zero', async () => {
      const { store } = use();
      const orgId = await makeOrg(store, 1000n);
      const [small, large] = [toRequest({ orgId, holdNanoUsd: 100n }), toRequest({ orgId, holdNanoUsd: 100n })];
      await store.admit(small);
      await store.admit(large);
      await store.settle({ orgId, requestId: small.requestId, actualNanoUsd: 150n, actualCosts: {} });
      expect(await store.readCredit(orgId)).toEqual({ creditNanoUsd: 750n, heldNanoUsd: 100n, openHolds: 1 });
      await store.settle({ orgId, requestId: large.requestId, actualNanoUsd: 5000n, actualCosts: {} });
      expect(await store.readCredit(orgId)).toEqual({ creditNanoUsd: 0n, heldNanoUsd: 0n, openHolds: 0 });
    });

    it('ends a hold also with an amount that is too large to be counted', async () => {
      const { store } = use();
      const orgId = await makeOrg(store, 1000n);
      const request = toRequest({ orgId, holdNanoUsd: 300n });
      await store.admit(request);
      await store.settle({ orgId, requestId: request.requestId, actualNanoUsd: 2n ** 60n + 1n, actualCosts: {} });
      expect(await store.readCredit(orgId)).toEqual({ creditNanoUsd: 0n, heldNanoUsd: 0n, openHolds: 0 });
    });

    it('changes nothing when a hold is settled that is not there', async () => {
      const { store } = use();
      const orgId = await makeOrg(store, 1000n);
      await store.settle({ orgId, requestId: randomUUID(), actualNanoUsd: 10n, actualCosts: { 'key:a:tokens': 5 } });
      expect(await store.readCredit(orgId)).toEqual({ creditNanoUsd: 1000n, heldNanoUsd: 0n, openHolds: 0 });
    });

    it('grants a lease once for any number of calls', async () => {
      const { store } = use();
      const [orgId, leaseId] = [randomUUID(), randomUUID()];
      const grants = Array.from({ length: 10 }, () => store.grantCredit({ orgId, leaseId, amountNanoUsd: 300n }));
      for (const credit of await Promise.all(grants)) expect(credit).toBe(300n);
      expect(await store.grantCredit({ orgId, leaseId: randomUUID(), amountNanoUsd: 1n })).toBe(301n);
    });

    it('reclaims at most what is free, and never what open holds have taken', async () => {
      const { store } = use();
      const orgId = await makeOrg(store, 1000n);
      await store.admit(toRequest({ orgId, holdNanoUsd: 600n }));
      expect(await store.reclaimCredit({ orgId, maxNanoUsd: 100n })).toBe(100n);
      expect(await store.reclaimCredit({ orgId, maxNanoUsd: 1000n })).toBe(300n);
      expect(await store.reclaimCredit({ orgId, maxNanoUsd: 1000n })).toBe(0n);
      expect(await store.readCredit(orgId)).toEqual({ creditNanoUsd: 0n, heldNanoUsd: 600n, openHolds: 1 });
    });

    it('keeps amounts near 2⁵³ exact and refuses a grant beyond', async () => {
      const { store } = use();
      const max = 2n ** 53n - 1n;
      const orgId = await makeOrg(store, max);
      const request = toRequest({ orgId, holdNanoUsd: max - 2n });
      await store.admit(request);
      await expect(store.grantCredit({ orgId, leaseId: randomUUID(), amountNanoUsd: 1n })).rejects.toThrow();
      expect(await store.readCredit(orgId)).toEqual({ creditNanoUsd: 2n, heldNanoUsd: max - 2n, openHolds: 1 });
      await store.settle({ orgId, requestId: request.requestId, actualNanoUsd: 1n, actualCosts: {} });
      expect(await store.readCredit(orgId)).toEqual({ creditNanoUsd: max - 1n, heldNanoUsd: 0n, openHolds: 0 });
    });

    it('rejects a negative amount and an amount beyond 2⁵³', async () => {
      const { store } = use();
      const orgId = await makeOrg(store, 10n);
      await expect(store.admit(toRequest({ orgId, holdNanoUsd: -1n }))).rejects.toThrow(RangeError);
      await expect(store.admit(toRequest({ orgId, holdNanoUsd: 2n ** 53n }))).rejects.toThrow(RangeError);
      await expect(store.reclaimCredit({ orgId, maxNanoUsd: -1n })).rejects.toThrow(RangeError);
      expect(await store.readCredit(orgId)).toEqual({ creditNanoUsd: 10n, heldNanoUsd: 0n, openHolds: 0 });
    });
  });
}
