import { randomUUID } from 'node:crypto';
import { createMemoryAdmissionStore, nameLimit, toLimitSubjects } from '@aggregator/admission';
import type { ShownLimit } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import { readUse } from './read-use.ts';

const nowMs = Date.parse('2026-11-01T00:00:00.000Z');
const orgId = randomUUID();
const makeLimit = (counts: Partial<ShownLimit>): ShownLimit => ({
  ...{ id: randomUUID(), name: 'red', level: 'team', subjectId: randomUUID(), subjectName: 'red', models: null },
  ...{ requestsPerMinute: null, tokensPerMinute: null, concurrentRequests: null },
  ...{ changedBy: null, changedByName: null, createdAt: '', updatedAt: '' },
  ...counts,
});

/** Admits a request of 300 tokens that counts in the limit. */
async function admit(store: ReturnType<typeof createMemoryAdmissionStore>, limit: ShownLimit): Promise<void> {
  const { rates, concurrency } = toLimitSubjects(nameLimit(limit), limit);
  const answer = await store.admit({
    ...{ orgId, requestId: randomUUID(), holdNanoUsd: 0n, concurrency, holdTtlMs: 60_000 },
    rates: rates.map((rate) => ({ ...rate, cost: Math.min(rate.cost, 300) })),
  });
  expect(answer.result).toBe('admitted');
}

describe('use of limits', () => {
  const store = createMemoryAdmissionStore({ now: () => 1000 });

  it('is what open and recent requests have taken of each count, and reading takes nothing', async () => {
    const limit = makeLimit({ requestsPerMinute: 60, tokensPerMinute: 1000, concurrentRequests: 3 });
    await admit(store, limit);
    await admit(store, limit);
    const expected = {
      requestsPerMinute: { limit: 60, used: 2, remaining: 58, resetsAt: '2026-11-01T00:00:02.000Z' },
      tokensPerMinute: { limit: 1000, used: 600, remaining: 400, resetsAt: '2026-11-01T00:00:36.000Z' },
      concurrentRequests: { limit: 3, used: 2, remaining: 1, resetsAt: null },
    };
    expect((await readUse(store, orgId, [limit], nowMs))[0]?.use).toEqual(expected);
    expect((await readUse(store, orgId, [limit], nowMs))[0]?.use).toEqual(expected);
    expect((await readUse(store, randomUUID(), [limit], nowMs))[0]?.use?.concurrentRequests?.used).toBe(0);
  });

  it('is never more than a limit that was lowered, and null for what is not limited', async () => {
    const limit = makeLimit({ concurrentRequests: 2 });
    await admit(store, limit);
    await admit(store, limit);
    const [lowered] = await readUse(store, orgId, [{ ...limit, concurrentRequests: 1 }], nowMs);
    const concurrentRequests = { limit: 1, used: 1, remaining: 0, resetsAt: null };
    expect(lowered?.use).toEqual({ requestsPerMinute: null, tokensPerMinute: null, concurrentRequests });
  });

  it('is unknown while the counter store is away; the limits are shown all the same', async () => {
    const limit = makeLimit({ requestsPerMinute: 60, concurrentRequests: 2 });
    const fail = () => Promise.reject(new Error('away'));
    expect(await readUse({ takeRates: fail, countSlots: fail }, orgId, [limit], nowMs)).toEqual([
      { ...limit, use: null },
    ]);
  });
});
