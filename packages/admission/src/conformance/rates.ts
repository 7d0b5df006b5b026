import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { makeOrg, makeRandom, toRequest, type UseHarness } from './harness.ts';

interface Taken {
  beforeMs: number;
  afterMs: number;
  cost: number;
}

export function describeRates(use: UseHarness): void {
  describe('rates', () => {
    it('admits a burst of one minute at once and not one unit more', async () => {
      const { store } = use();
      const limit = { subject: `ip:${randomUUID()}`, ratePerMinute: 50, cost: 1 };
      const verdicts = await Promise.all(Array.from({ length: 200 }, () => store.takeRate(limit)));
      expect(verdicts.filter(({ isAllowed }) => isAllowed)).toHaveLength(50);
      expect(verdicts[0]).toMatchObject({ subject: limit.subject, limit: 50, remaining: 49, retryAfterMs: 0 });
      expect(verdicts[199]).toMatchObject({ isAllowed: false, remaining: 0 });
    });

    it('admits over any window at most the burst and what the rate adds', async () => {
      const harness = use();
      const seed = 20261120;
      const random = makeRandom(seed);
      const ratePerMinute = 6_000_000;
      const limit = { subject: `key:${randomUUID()}:tokens`, ratePerMinute };
      const taken: Taken[] = [];
      for (let turn = 0; turn < 400; turn += 1) {
        const cost = 1 + Math.floor(random() * 150_000);
        const beforeMs = harness.nowMs();
        const { isAllowed } = await harness.store.takeRate({ ...limit, cost });
        if (isAllowed) taken.push({ beforeMs, afterMs: harness.nowMs(), cost });
        if (random() < 0.05) await harness.passTime(random() * 30);
      }
      expect(taken.length).toBeGreaterThan(60);
      expect({ seed, excess: findExcess(taken, ratePerMinute) }).toEqual({ seed, excess: null });
    });

    it('admits again when the time it named has passed', async () => {
      const { store, passTime } = use();
      const limit = { subject: `ip:${randomUUID()}`, ratePerMinute: 3000, cost: 3 };
      while ((await store.takeRate(limit)).isAllowed);
      const refused = await store.takeRate({ ...limit, cost: 10 });
      expect(refused.retryAfterMs).toBeGreaterThan(0);
      expect(refused.retryAfterMs).toBeLessThanOrEqual(200);
      await passTime(refused.retryAfterMs ?? 0);
      expect((await store.takeRate({ ...limit, cost: 10 })).isAllowed).toBe(true);
    });

    it('says of a request larger than the whole limit that it is never admitted', async () => {
      const { store } = use();
      const orgId = await makeOrg(store, 0n);
      const rates = [
        { subject: 'key:a:requests', ratePerMinute: 10, cost: 1 },
        { subject: 'key:a:tokens', ratePerMinute: 1000, cost: 1001 },
      ];
      const refused = await store.admit(toRequest({ orgId, rates }));
      expect(refused).toMatchObject({ result: 'rate_limited', subject: 'key:a:tokens', retryAfterMs: null });
      expect(refused.rates.map(({ isAllowed }) => isAllowed)).toEqual([true, false]);
      const exact = [{ subject: 'key:a:tokens', ratePerMinute: 1000, cost: 1000 }];
      expect((await store.admit(toRequest({ orgId, rates: exact }))).result).toBe('admitted');
    });

    it('takes rates alone from the buckets of admitted requests, all or none', async () => {
      const { store } = use();
      const orgId = await makeOrg(store, 0n);
      const [wide, narrow] = [`key:${randomUUID()}:requests`, `org:${orgId}:requests`];
      const rates = [
        { subject: wide, ratePerMinute: 5, cost: 1 },
        { subject: narrow, ratePerMinute: 3, cost: 1 },
      ];
      expect((await store.admit(toRequest({ orgId, rates }))).result).toBe('admitted');
      expect(await store.takeRates({ orgId, rates })).toMatchObject({
        isTaken: true,
        rates: [{ remaining: 3 }, { remaining: 1 }],
      });
      expect((await store.takeRates({ orgId, rates })).isTaken).toBe(true);

      const refused = await store.takeRates({ orgId, rates });
      expect(refused).toMatchObject({
        isTaken: false,
        subject: narrow,
        rates: [
          { isAllowed: true, remaining: 2 },
          { isAllowed: false, remaining: 0 },
        ],
      });
      expect((await store.admit(toRequest({ orgId, rates }))).result).toBe('rate_limited');
      expect(await store.readCredit(orgId)).toMatchObject({ openHolds: 1 });
      expect((await store.takeRates({ orgId: randomUUID(), rates })).isTaken).toBe(true);
    });

    it('names the limit that takes longest', async () => {
      const { store } = use();
      const orgId = await makeOrg(store, 0n);
      const rates = [
        { subject: 'fast', ratePerMinute: 60, cost: 60 },
        { subject: 'slow', ratePerMinute: 60, cost: 60 },
      ];
      await store.admit(toRequest({ orgId, rates }));
      const again = [
        { subject: 'fast', ratePerMinute: 60, cost: 1 },
        { subject: 'slow', ratePerMinute: 60, cost: 20 },
      ];
      const refused = await store.admit(toRequest({ orgId, rates: again }));
      expect(refused).toMatchObject({ result: 'rate_limited', subject: 'slow' });
    });

    it('keeps the limits of one organisation apart from those of another', async () => {
      const { store } = use();
      const rates = [{ subject: 'requests', ratePerMinute: 1, cost: 1 }];
      for (const orgId of [await makeOrg(store, 0n), await makeOrg(store, 0n)]) {
        expect((await store.admit(toRequest({ orgId, rates }))).result).toBe('admitted');
        expect((await store.admit(toRequest({ orgId, rates }))).result).toBe('rate_limited');
      }
    });

    it('corrects a limit to what was used, down and up', async () => {
      const { store } = use();
      const orgId = await makeOrg(store, 0n);
      const tokens = (cost: number) => [{ subject: 'constructor', ratePerMinute: 1000, cost }];
      const settle = (requestId: string, actual: number) =>
        store.settle({ orgId, requestId, actualNanoUsd: 0n, actualCosts: { constructor: actual, other: 1 } });
      const readRemaining = async () =>
        (await store.admit(toRequest({ orgId, rates: tokens(2000) }))).rates[0]?.remaining;

      const [first, second, third] = ['first', 'second', 'third'];
      await store.admit(toRequest({ orgId, requestId: first, rates: tokens(900) }));
      expect(await readRemaining()).toBeLessThan(150);
      await settle(first, 100);
      expect(await readRemaining()).toBeGreaterThanOrEqual(900);
      await store.admit(toRequest({ orgId, requestId: second, rates: tokens(100) }));
      await settle(second, 700);
      expect(await readRemaining()).toBeLessThan(350);
      await store.admit(toRequest({ orgId, requestId: third, rates: tokens(1) }));
      await store.settle({ orgId, requestId: third, actualNanoUsd: 0n, actualCosts: {} });
      await settle(third, 0);
      expect(await readRemaining()).toBeLessThan(350);
    });

    it('bounds the debt that an enormous correction leaves to one hour', async () => {
      const { store } = use();
      const orgId = await makeOrg(store, 0n);
      const rates = [{ subject: 'tokens', ratePerMinute: 7, cost: 1 }];
      const request = toRequest({ orgId, rates });
      await store.admit(request);
      const actualCosts = { tokens: Number.MAX_SAFE_INTEGER };
      await store.settle({ orgId, requestId: request.requestId, actualNanoUsd: 0n, actualCosts });
      const refused = await store.admit(toRequest({ orgId, rates }));
      expect(refused.rates[0]?.remaining).toBe(0);
      expect(refused.rates[0]?.resetMs).toBeLessThanOrEqual(3_600_000);
      expect(refused.rates[0]?.resetMs).toBeGreaterThan(3_500_000);
    });

    it('keeps what was taken when the limit is raised', async () => {
      const { store } = use();
      const limit = { subject: `key:${randomUUID()}`, ratePerMinute: 100 };
      await store.takeRate({ ...limit, cost: 80 });
      const raised = { ...limit, ratePerMinute: 300 };
      expect((await store.takeRate({ ...raised, cost: 300 })).isAllowed).toBe(false);
      expect((await store.takeRate({ ...raised, cost: 220 })).isAllowed).toBe(true);
    });

    it('keeps what was taken when the limit is lowered, and when it is raised again', async () => {
      const { store } = use();
      const orgId = randomUUID();
      const take = (ratePerMinute: number, cost: number) =>
        store.takeRates({ orgId, rates: [{ subject: 'key:a:requests', ratePerMinute, cost }] });
      expect(await take(1000, 1000)).toMatchObject({ isTaken: true });
      const refused = await take(10, 1);
      expect(refused).toMatchObject({ isTaken: false, rates: [{ remaining: 0 }] });
      expect(refused.rates[0]?.retryAfterMs).toBeLessThanOrEqual(60_000);
      expect(await take(1000, 1000)).toMatchObject({ isTaken: false });
    });

    it('corrects a request of an earlier limit at the limit of now', async () => {
      const { store } = use();
      const orgId = await makeOrg(store, 0n);
      const rates = (ratePerMinute: number, cost: number) => [{ subject: 'tokens', ratePerMinute, cost }];
      const [first, second] = [randomUUID(), randomUUID()];
      await store.admit(toRequest({ orgId, requestId: first, rates: rates(1000, 400) }));
      await store.admit(toRequest({ orgId, requestId: second, rates: rates(2000, 1000) }));
      await store.settle({ orgId, requestId: first, actualNanoUsd: 0n, actualCosts: { tokens: 0 } });
      expect((await store.takeRates({ orgId, rates: rates(2000, 999) })).isTaken).toBe(true);
      expect((await store.takeRates({ orgId, rates: rates(2000, 1000) })).isTaken).toBe(false);
    });

    it('rejects limits that cannot be computed with', async () => {
      const { store } = use();
      const orgId = await makeOrg(store, 0n);
      const limit = { subject: 'requests', ratePerMinute: 10, cost: 1 };
      await expect(store.takeRate({ ...limit, ratePerMinute: 0 })).rejects.toThrow(RangeError);
      await expect(store.takeRate({ ...limit, cost: 0.5 })).rejects.toThrow(RangeError);
      await expect(store.takeRate({ ...limit, cost: -1 })).rejects.toThrow(RangeError);
      await expect(store.admit(toRequest({ orgId, rates: [limit, limit] }))).rejects.toThrow(RangeError);
    });
  });
}

/** The first window in which more was admitted than the burst and the rate allow; its length is taken at its longest. */
function findExcess(taken: readonly Taken[], ratePerMinute: number): string | null {
  for (let from = 0; from < taken.length; from += 1) {
    let units = 0;
    for (let to = from; to < taken.length; to += 1) {
      units += taken[to]?.cost ?? 0;
      const lengthMs = (taken[to]?.afterMs ?? 0) - (taken[from]?.beforeMs ?? 0);
      const allowed = ratePerMinute + (ratePerMinute / 60_000) * (lengthMs + clockSlackMs);
      if (units > allowed) return `${units} > ${allowed} in the ${lengthMs} ms of takes ${from}…${to}`;
    }
  }
  return null;
}

/** The store counts whole microseconds, the test's clock does not. */
const clockSlackMs = 0.01;
