import { AppError } from '@aggregator/contracts';
import type { InternalClient } from '@aggregator/service-kit';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { LeaseRequests } from './lease-requests.ts';

/** Billing that grants what its balance covers, slowly enough that others come meanwhile. */
function createBilling(balance: bigint, options: { fail?: boolean } = {}) {
  const asked: bigint[] = [];
  let left = balance;
  let open = 0;
  let openMax = 0;
  const client: InternalClient = {
    async call({ body, answer }) {
      open += 1;
      openMax = Math.max(openMax, open);
      await new Promise(setImmediate);
      open -= 1;
      if (options.fail) throw new AppError('service_unavailable');
      const needed = BigInt((body as { neededNanoUsd: string }).neededNanoUsd);
      asked.push(needed);
      if (needed > left) return answer.parse({ result: 'insufficient' }) as never;
      left -= needed;
      const leaseId = crypto.randomUUID();
      return answer.parse({ result: 'granted', leaseId, amountNanoUsd: String(needed) }) as never;
    },
    close: async () => undefined,
  };
  return { client, asked, openMax: () => openMax };
}

describe('a lease beyond what one minute allows', () => {
  it('is refused as a limit of rate, with the time to wait, and not as a spent balance', async () => {
    const client: InternalClient = {
      call: async ({ answer }) => answer.parse({ result: 'limited', retryAfterMs: 41_000 }) as never,
      close: async () => undefined,
    };
    await expect(new LeaseRequests(client).ask('org', 10n)).rejects.toMatchObject({
      ...{ code: 'rate_limit_exceeded', retryAfterMs: 41_000 },
    });
  });
});

describe('a lease that is asked for ahead of need', () => {
  it('is asked for once at a time, and refused to no request', async () => {
    const billing = createBilling(1000n);
    const leases = new LeaseRequests(billing.client);
    for (let times = 0; times < 50; times += 1) leases.askAhead('org', 80n);
    await leases.ask('org', 10n);

    expect(billing.asked).toEqual([80n, 10n]);
  });

  it('that the balance does not cover is not asked for again at once, and keeps no smaller one from being granted', async () => {
    const billing = createBilling(50n);
    const leases = new LeaseRequests(billing.client);
    leases.askAhead('org', 80n);
    await leases.ask('org', 10n);
    for (let times = 0; times < 50; times += 1) leases.askAhead('org', 80n);
    await leases.ask('org', 10n);

    expect(billing.asked).toEqual([80n, 10n, 10n]);
  });
});

describe('requests for leases', () => {
  it('of one organisation share calls: one for the first, one for all that came meanwhile', async () => {
    const billing = createBilling(1_000_000n);
    const leases = new LeaseRequests(billing.client);
    await Promise.all(Array.from({ length: 100 }, () => leases.ask('org', 10n)));

    expect(billing.asked).toEqual([10n, 990n]);
  });

  it('are granted to as many as the balance covers, and refused to the rest, in few calls', async () => {
    const billing = createBilling(505n);
    const leases = new LeaseRequests(billing.client);
    const results = await Promise.allSettled(Array.from({ length: 100 }, () => leases.ask('org', 10n)));

    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(50);
    for (const result of results) {
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'insufficient_quota' });
    }
    expect(billing.asked.length).toBeLessThan(30);
  });

  it('all fail when billing does not answer', async () => {
    const leases = new LeaseRequests(createBilling(0n, { fail: true }).client);
    const results = await Promise.allSettled([leases.ask('org', 1n), leases.ask('org', 2n), leases.ask('other', 3n)]);

    for (const result of results) {
      expect(result).toMatchObject({ status: 'rejected', reason: { code: 'billing_unavailable' } });
    }
  });

  it('never have two calls under way for one organisation, and leave no request waiting', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.bigInt({ min: 1n, max: 1000n }), { minLength: 1, maxLength: 40 }),
        fc.bigInt({ min: 0n, max: 20_000n }),
        async (holds, balance) => {
          const billing = createBilling(balance);
          const leases = new LeaseRequests(billing.client);
          const results = await Promise.allSettled(holds.map((hold) => leases.ask('org', hold)));
          const granted = holds.filter((_hold, index) => results[index]?.status === 'fulfilled');

          expect(billing.openMax()).toBe(1);
          expect(granted.reduce((sum, hold) => sum + hold, 0n)).toBeLessThanOrEqual(balance);
          const smallestRefused = holds
            .filter((_hold, index) => results[index]?.status === 'rejected')
            .reduce((least, hold) => (hold < least ? hold : least), 10_000n);
          // A refused request would not have fitted beside those that were served.
          expect(granted.reduce((sum, hold) => sum + hold, smallestRefused)).toBeGreaterThan(
            results.every((result) => result.status === 'fulfilled') ? 0n : balance,
          );
        },
      ),
      { numRuns: 50 },
    );
  });
});
