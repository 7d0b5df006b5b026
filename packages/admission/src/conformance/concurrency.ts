import { describe, expect, it } from '@jest/globals';
import { makeOrg, toRequest, type UseHarness } from './harness.ts';

export function describeConcurrency(use: UseHarness): void {
  describe('concurrency', () => {
    it('lets as many requests run at once as the limit says, and the next when one has ended', async () => {
      const { store } = use();
      const orgId = await makeOrg(store, 0n);
      const concurrency = [{ subject: 'key:a', max: 3 }];
      const requests = Array.from({ length: 10 }, () => toRequest({ orgId, concurrency }));
      const answers = await Promise.all(requests.map((request) => store.admit(request)));
      const running = requests.filter((_request, index) => answers[index]?.result === 'admitted');
      expect(running).toHaveLength(3);
      const next = toRequest({ orgId, concurrency });
      expect(await store.admit(next)).toEqual({
        result: 'concurrency_limited',
        subject: 'key:a',
        max: 3,
        rates: [],
      });
      const requestId = running[0]?.requestId ?? '';
      await store.settle({ orgId, requestId, actualNanoUsd: 0n, actualCosts: {} });
      await store.settle({ orgId, requestId, actualNanoUsd: 0n, actualCosts: {} });
      expect((await store.admit(next)).result).toBe('admitted');
      expect((await store.admit(toRequest({ orgId, concurrency }))).result).toBe('concurrency_limited');
    });

    it('counts the slots that open holds have, of each subject', async () => {
      const { store } = use();
      const orgId = await makeOrg(store, 0n);
      const slots = (...subjects: string[]) => subjects.map((subject) => ({ subject, max: 9 }));
      const first = toRequest({ orgId, concurrency: slots('org', 'key:a') });
      await store.admit(first);
      await store.admit(toRequest({ orgId, concurrency: slots('org') }));
      const count = (...subjects: string[]) => store.countSlots({ orgId, subjects });
      expect(await count('key:a', 'none', 'org')).toEqual([1, 0, 2]);
      await store.settle({ orgId, requestId: first.requestId, actualNanoUsd: 0n, actualCosts: {} });
      expect(await count('org', 'key:a')).toEqual([1, 0]);
      await expect(count()).rejects.toThrow(RangeError);
      await expect(count('org', 'org')).rejects.toThrow(RangeError);
    });

    it('names the limit that is full', async () => {
      const { store } = use();
      const orgId = await makeOrg(store, 0n);
      const concurrency = [
        { subject: 'org', max: 5 },
        { subject: 'key:a', max: 1 },
      ];
      await store.admit(toRequest({ orgId, concurrency }));
      const refused = await store.admit(toRequest({ orgId, concurrency }));
      expect(refused).toMatchObject({ result: 'concurrency_limited', subject: 'key:a', max: 1 });
    });

    it('takes nothing from any bucket for a refused request', async () => {
      const { store } = use();
      const orgId = await makeOrg(store, 100n);
      const rates = [
        { subject: 'key:a:requests', ratePerMinute: 10, cost: 1 },
        { subject: 'key:a:tokens', ratePerMinute: 1000, cost: 10 },
      ];
      const concurrency = [{ subject: 'key:a', max: 1 }];
      const running = toRequest({ orgId, rates, concurrency, holdNanoUsd: 40n });
      await store.admit(running);

      const byRate = [
        { subject: 'key:a:requests', ratePerMinute: 10, cost: 1 },
        { subject: 'key:a:tokens', ratePerMinute: 1000, cost: 999 },
      ];
      const refusals = [
        await store.admit(toRequest({ orgId, rates: byRate, holdNanoUsd: 1n })),
        await store.admit(toRequest({ orgId, rates, concurrency, holdNanoUsd: 1n })),
        await store.admit(toRequest({ orgId, rates, holdNanoUsd: 61n })),
      ];
      expect(refusals.map(({ result }) => result)).toEqual(['rate_limited', 'concurrency_limited', 'no_credit']);
      for (const { rates: verdicts } of refusals) {
        expect(verdicts.map(({ remaining }) => remaining)).toEqual([9, 990]);
      }
      expect(await store.readCredit(orgId)).toEqual({ creditNanoUsd: 60n, heldNanoUsd: 40n, openHolds: 1 });
    });

    it('refuses by rate before concurrency, and by concurrency before credit', async () => {
      const { store } = use();
      const orgId = await makeOrg(store, 0n);
      const full = { concurrency: [{ subject: 'key:a', max: 0 }], holdNanoUsd: 1n };
      const rates = [{ subject: 'key:a:tokens', ratePerMinute: 10, cost: 11 }];
      expect((await store.admit(toRequest({ orgId, ...full, rates }))).result).toBe('rate_limited');
      expect((await store.admit(toRequest({ orgId, ...full }))).result).toBe('concurrency_limited');
      expect((await store.admit(toRequest({ orgId, holdNanoUsd: 1n }))).result).toBe('no_credit');
    });
  });
}
