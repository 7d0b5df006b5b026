import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { recallMs } from '../bounds.ts';
import type { AdmissionStore, SliceBooking, SliceRequest } from '../port.ts';
import { makeOrg, toRequest, type UseHarness } from './harness.ts';

function toSlice(request: Partial<SliceRequest> & { orgId: string }): SliceRequest {
  return {
    ...{ sliceId: `slice:${randomUUID()}`, open: 10, requests: 10, least: 1, holdNanoUsd: 1n, rates: [] },
    ...{ concurrency: [], budgets: [], activeMs: 60_000, ttlMs: 600_000, ...request },
  };
}

function toBooking(slice: SliceRequest, booking: Partial<SliceBooking>): SliceBooking {
  const nothing = { chargedNanoUsd: 0n, keptNanoUsd: 0n, open: 0, costs: {}, state: 'ended' as const, ttlMs: 600_000 };
  return { orgId: slice.orgId, sliceId: slice.sliceId, ...nothing, ...booking };
}

async function grantRoom(store: AdmissionStore, orgId: string, subject: string, amountNanoUsd: bigint): Promise<void> {
  await store.budgets.grant({
    orgId,
    subject,
    amountNanoUsd,
    allottedNanoUsd: amountNanoUsd,
    revision: 1n,
    ttlMs: null,
  });
}

export function describeSlices(use: UseHarness): void {
  describe('slices', () => {
    it('take a fourth of the credit at most, and nothing if that is less than the least (I2)', async () => {
      const { store } = use();
      const orgId = await makeOrg(store, 1000n);
      expect(await store.slices.take(toSlice({ orgId, holdNanoUsd: 60n, open: 100, least: 5 }))).toBeNull();
      const taken = await store.slices.take(toSlice({ orgId, holdNanoUsd: 60n, open: 100, least: 4 }));
      expect(taken).toEqual({ open: 4, requests: 10, creditNanoUsd: 760n, backlogsMicros: [] });
      expect(await store.readCredit(orgId)).toEqual({ creditNanoUsd: 760n, heldNanoUsd: 240n, openHolds: 4 });
      expect(await store.slices.take(toSlice({ orgId: randomUUID() }))).toBeNull();
    });

    it('take a fourth of every limit and budget at most, and count in all of them (I14)', async () => {
      const { store } = use();
      const orgId = await makeOrg(store, 1_000_000n);
      await grantRoom(store, orgId, 'budget', 90n);
      const rates = [{ subject: 'key:a:requests', ratePerMinute: 100, cost: 1 }];
      const concurrency = [{ subject: 'key:a', max: 32 }];
      const budgets = [{ subject: 'budget', limitNanoUsd: 80n }];
      const slice = toSlice({ orgId, rates, concurrency, budgets, open: 90, requests: 90, holdNanoUsd: 2n });
      const taken = await store.slices.take(slice);
      // The limit of the budget is below its room: a fourth of 80, for 2 each. Slots: a fourth of 32.
      expect(taken).toMatchObject({ open: 8, requests: 25 });
      expect(await store.countSlots({ orgId, subjects: ['key:a'] })).toEqual([8]);
      expect(await store.budgets.read({ orgId, subject: 'budget' })).toMatchObject({
        roomNanoUsd: 74n,
        heldNanoUsd: 16n,
      });
      const [left] = (await store.admit(toRequest({ orgId, rates }))).rates;
      expect(left).toMatchObject({ isAllowed: true, remaining: 74 });
      expect((await store.slices.take(slice))?.open).toBeLessThan(8);
    });

    it('keep what a booking says, and give back the rest', async () => {
      const { store } = use();
      const orgId = await makeOrg(store, 1000n);
      await grantRoom(store, orgId, 'budget', 1000n);
      const rates = [{ subject: 'key:a:tokens', ratePerMinute: 1000, cost: 10 }];
      const concurrency = [{ subject: 'key:a', max: 100 }];
      const budgets = [{ subject: 'budget', limitNanoUsd: 1000n }];
      const slice = toSlice({ orgId, rates, concurrency, budgets, holdNanoUsd: 20n });
      expect(await store.slices.take(slice)).toMatchObject({ open: 10, requests: 10 });
      const draining = { chargedNanoUsd: 30n, keptNanoUsd: 40n, open: 2, costs: { 'key:a:tokens': 25 } };
      for (let again = 0; again < 2; again += 1) {
        expect(await store.slices.book(toBooking(slice, { ...draining, state: 'draining' }))).toBe(true);
        expect(await store.readCredit(orgId)).toEqual({ creditNanoUsd: 930n, heldNanoUsd: 40n, openHolds: 2 });
        expect(await store.countSlots({ orgId, subjects: ['key:a'] })).toEqual([2]);
        expect(await store.budgets.read({ orgId, subject: 'budget' })).toMatchObject({
          roomNanoUsd: 930n,
          heldNanoUsd: 40n,
        });
      }
      const [left] = (await store.admit(toRequest({ orgId, rates: [{ ...rates[0], cost: 0 }] as typeof rates }))).rates;
      expect(left?.remaining).toBeGreaterThanOrEqual(975);
      expect(await store.slices.book(toBooking(slice, { chargedNanoUsd: 55n }))).toBe(true);
      expect(await store.readCredit(orgId)).toMatchObject({ creditNanoUsd: 945n, heldNanoUsd: 0n });
      expect(await store.countSlots({ orgId, subjects: ['key:a'] })).toEqual([0]);
      expect(await store.slices.book(toBooking(slice, { chargedNanoUsd: 55n }))).toBe(false);
      expect(await store.readCredit(orgId)).toMatchObject({ creditNanoUsd: 945n, heldNanoUsd: 0n });
    });

    it('may be charged above what they have, and the credit stops at zero', async () => {
      const { store } = use();
      const orgId = await makeOrg(store, 100n);
      const slice = toSlice({ orgId, holdNanoUsd: 2n });
      await store.slices.take(slice);
      await store.slices.book(toBooking(slice, { chargedNanoUsd: 1000n }));
      expect(await store.readCredit(orgId)).toEqual({ creditNanoUsd: 0n, heldNanoUsd: 0n, openHolds: 0 });
    });

    it('are raised as a hold is', async () => {
      const { store } = use();
      const orgId = await makeOrg(store, 100n);
      const slice = toSlice({ orgId, holdNanoUsd: 2n });
      await store.slices.take(slice);
      const raise = { orgId, requestId: slice.sliceId, holdNanoUsd: 50n };
      expect(await store.raiseHold(raise)).toEqual({ result: 'raised', creditNanoUsd: 50n });
      await store.slices.book(toBooking(slice, { chargedNanoUsd: 10n, keptNanoUsd: 40n, open: 3, state: 'draining' }));
      expect(await store.readCredit(orgId)).toEqual({ creditNanoUsd: 50n, heldNanoUsd: 40n, openHolds: 3 });
    });

    it('end with their process: after their time the slots are free and the money does not come back (I2)', async () => {
      const { store, passTime } = use();
      const orgId = await makeOrg(store, 1000n);
      const concurrency = [{ subject: 'key:a', max: 8 }];
      const slice = toSlice({ orgId, concurrency, holdNanoUsd: 100n, ttlMs: 40 });
      expect(await store.slices.take(slice)).toMatchObject({ open: 2 });
      await passTime(41);
      expect(await store.readCredit(orgId)).toEqual({ creditNanoUsd: 800n, heldNanoUsd: 0n, openHolds: 0 });
      expect(await store.countSlots({ orgId, subjects: ['key:a'] })).toEqual([0]);
      expect(await store.slices.book(toBooking(slice, {}))).toBe(false);
    });

    it('are kept by bookings beyond their first time', async () => {
      const { store, passTime } = use();
      const orgId = await makeOrg(store, 1000n);
      const slice = toSlice({ orgId, holdNanoUsd: 100n, ttlMs: 900 });
      await store.slices.take(slice);
      await passTime(500);
      const kept = { keptNanoUsd: 200n, open: 2, state: 'draining' as const };
      expect(await store.slices.book(toBooking(slice, { ...kept, ttlMs: 900 }))).toBe(true);
      await passTime(500);
      expect(await store.readCredit(orgId)).toEqual({ creditNanoUsd: 800n, heldNanoUsd: 200n, openHolds: 2 });
      await passTime(401);
      expect(await store.readCredit(orgId)).toEqual({ creditNanoUsd: 800n, heldNanoUsd: 0n, openHolds: 0 });
    });

    it('are counted and stopped by a recall, and taken again afterwards', async () => {
      const { store, passTime } = use();
      const orgId = await makeOrg(store, 1000n);
      expect(await store.slices.recall(orgId)).toBe(0);
      await passTime(recallMs + 1);
      const [first, second, short] = [toSlice({ orgId }), toSlice({ orgId }), toSlice({ orgId, activeMs: 20 })];
      for (const slice of [first, second, short]) expect(await store.slices.take(slice)).not.toBeNull();
      await passTime(21);
      expect(await store.slices.recall(orgId)).toBe(2);
      await store.slices.book(toBooking(first, { keptNanoUsd: 1n, open: 1, state: 'draining' }));
      await store.slices.book(toBooking(second, { keptNanoUsd: 9n, open: 10, state: 'active' }));
      expect(await store.slices.recall(orgId)).toBe(1);
      await store.slices.book(toBooking(second, {}));
      expect(await store.slices.recall(orgId)).toBe(0);
      await passTime(recallMs + 1);
      expect(await store.slices.take(toSlice({ orgId }))).not.toBeNull();
    });

    it('are not taken for a moment after a recall', async () => {
      const { store, nowMs } = use();
      for (;;) {
        const orgId = await makeOrg(store, 1000n);
        const sinceMs = nowMs();
        await store.slices.recall(orgId);
        const taken = await store.slices.take(toSlice({ orgId }));
        // Once more if this process was stopped for longer than the moment.
        if (nowMs() - sinceMs >= recallMs) continue;
        expect(taken).toBeNull();
        return;
      }
    });

    it('are refused with numbers that cannot be counted with', async () => {
      const { store } = use();
      const orgId = await makeOrg(store, 1000n);
      for (const wrong of [{ holdNanoUsd: -1n }, { open: 0 }, { requests: 1.5 }, { least: 0 }, { ttlMs: 0 }]) {
        await expect(store.slices.take(toSlice({ orgId, ...wrong }))).rejects.toThrow(RangeError);
      }
      const slice = toSlice({ orgId });
      for (const wrong of [
        { keptNanoUsd: -1n },
        { chargedNanoUsd: -1n },
        { ttlMs: 0 },
        { open: -1 },
        { costs: { a: -1 } },
      ]) {
        await expect(store.slices.book(toBooking(slice, wrong))).rejects.toThrow(RangeError);
      }
    });
  });
}
