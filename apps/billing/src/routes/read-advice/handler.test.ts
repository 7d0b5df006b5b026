import { adviceAnswer } from '@aggregator/contracts';
import { createUuidV7 } from '@aggregator/service-kit';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readPastRequests } from '../../advice/read-past-requests.ts';
import { handleUsageRecorded } from '../../consumers/usage-recorded.ts';
import { type RunningBilling, startBilling } from '../../testing/start-billing.ts';
import { toRecord, usageEvent } from '../../testing/usage-event.ts';

const idleKey = '0190a000-0000-7000-8000-0000000000aa';
const noon = Date.UTC(2026, 10, 15, 12);
const rates = { inputUncached: '2000', outputText: '8000' };

describe('GET /v1/billing/advice', () => {
  let billing: RunningBilling;
  let asked = 0;
  beforeAll(async () => {
    billing = await startBilling(
      { CACHE_HIT_PRICE_PERCENT: '50' },
      {
        clock: () => new Date(Date.UTC(2026, 11, 3)),
        adviceSources: {
          async listOffers() {
            asked += 1;
            const one = {
              ...{ provider: 'openai', type: 'OpenAI' as const, operations: ['chat.completions' as const] },
              ...{ capabilities: [], contextLength: 10, maxOutputTokens: 10, batchPricePercent: 50 },
            };
            return [
              { ...one, model: 'gpt-4o-mini', rates },
              { ...one, model: 'cheaper', rates: { inputUncached: '1000', outputText: '1000' } },
            ];
          },
          listIdleKeys: async () => [idleKey],
        },
      },
    );
  });
  afterAll(() => billing.stop());

  const post = async (orgId: string, beganMs: number, whole?: string) => {
    const event = usageEvent({
      ...{ orgId, requestId: createUuidV7(beganMs), time: new Date(beganMs + 1000).toISOString() },
      ...{ usage: { inputUncached: 10, outputText: 3 }, price: { version: 'v1', rates } },
      ...(whole !== undefined && { fingerprint: { whole } }),
    });
    await handleUsageRecorded(billing.context, [toRecord(event)]);
    return event;
  };

  it('returns what last month’s requests would have cost, the idle keys, and only the caller’s own', async () => {
    const [orgId, stranger] = [createUuidV7(), createUuidV7()];
    const inMonth = [await post(orgId, noon, 'aaaaaaaaaaaa'), await post(orgId, noon + 60_000, 'aaaaaaaaaaaa')];
    await post(orgId, Date.UTC(2026, 11, 1));
    await post(orgId, Date.UTC(2026, 9, 31, 23, 59));
    await post(stranger, noon, 'aaaaaaaaaaaa');
    const { status, body } = await billing.ask('GET', '/v1/billing/advice', { orgId });
    const answer = adviceAnswer.parse(body);

    expect(status).toBe(200);
    expect(answer).toMatchObject({ period: '2026-11', requests: 2, paidNanoUsd: '88', isComplete: true });
    // 44 each. Elsewhere 13 each; the second one from the cache 22.
    expect(
      answer.data.map(({ kind, paidNanoUsd, wouldCostNanoUsd, savedNanoUsd }) => [
        ...[kind, paidNanoUsd, wouldCostNanoUsd, savedNanoUsd],
      ]),
    ).toEqual([
      ['cheaper_model', '88', '26', '62'],
      ['repeated_requests', '44', '22', '22'],
      ['idle_key', '0', '0', '0'],
    ]);
    expect(answer.data[1]?.examples).toEqual([inMonth[1]?.requestId]);
    expect(answer.data[2]?.keyId).toBe(idleKey);
  });

  it('computes a month once, and another month by its name', async () => {
    const orgId = createUuidV7();
    await post(orgId, Date.UTC(2026, 9, 31, 23, 59));
    const before = asked;
    const ask = (query = '') => billing.ask('GET', `/v1/billing/advice${query}`, { orgId });
    const [first, again] = await Promise.all([ask(), ask()]);
    const october = await ask('?period=2026-10');

    expect(again).toEqual(first);
    expect(asked - before).toBe(2);
    expect(october.body).toMatchObject({ period: '2026-10', requests: 1 });
    expect((await ask('?period=October')).status).toBe(400);
    const future = await ask('?period=2027-01');
    expect(future).toMatchObject({ status: 400, body: { code: 'invalid_value', param: 'period' } });
    expect(asked - before).toBe(2);
  });

  it('reads no more requests than its bound, the newest, and says so', async () => {
    const orgId = createUuidV7();
    for (const minute of [0, 1, 2]) await post(orgId, noon + minute * 60_000);
    const month = { from: new Date(Date.UTC(2026, 10, 1)), to: new Date(Date.UTC(2026, 11, 1)) };
    const { database } = billing.context;
    const { requests, isComplete } = await readPastRequests(database, orgId, month, 2);

    expect(isComplete).toBe(false);
    expect(requests.map(({ beganMs }) => beganMs)).toEqual([noon + 120_000, noon + 60_000]);
    expect(await readPastRequests(database, orgId, month, 3)).toMatchObject({ isComplete: true });
  });

  it('refuses a caller without billing:read', async () => {
    const orgId = createUuidV7();
    expect((await billing.ask('GET', '/v1/billing/advice', { orgId, scopes: ['usage:read'] })).status).toBe(403);
  });
});
