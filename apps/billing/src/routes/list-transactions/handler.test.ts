import { randomUUID } from 'node:crypto';
import { transactionPage } from '@aggregator/contracts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { handleUsageRecorded } from '../../consumers/usage-recorded.ts';
import { type RunningBilling, startBilling } from '../../testing/start-billing.ts';
import { toRecord, usageEvent } from '../../testing/usage-event.ts';

let billing: RunningBilling;
beforeAll(async () => {
  billing = await startBilling({ SIGN_UP_CREDIT_NANO_USD: '10000' });
});
afterAll(() => billing.stop());

const list = (orgId: string, query = '') => billing.ask('GET', `/v1/billing/transactions${query}`, { orgId });

async function charge(orgId: string, ...costs: number[]): Promise<string[]> {
  const events = costs.map((costNanoUsd) => usageEvent({ orgId, costNanoUsd }));
  await handleUsageRecorded(billing.context, events.map(toRecord));
  return events.map(({ requestId }) => requestId);
}

describe('GET /v1/billing/transactions', () => {
  it('200 lists what happened, newest first, a charge in one row however many transfers it took', async () => {
    const orgId = randomUUID();
    await billing.ask('GET', '/v1/billing/balance', { orgId });
    await billing.askAsPeer('POST', '/internal/leases', 'proxy', { orgId, neededNanoUsd: '600' });
    const [first, second] = await charge(orgId, 34, 1500);

    const { data, nextCursor } = transactionPage.parse((await list(orgId)).body);

    expect(nextCursor).toBeNull();
    expect(data.map(({ type, amountNanoUsd, requestId }) => ({ type, amountNanoUsd, requestId }))).toEqual([
      { type: 'charge', amountNanoUsd: '-1500', requestId: second },
      { type: 'charge', amountNanoUsd: '-34', requestId: first },
      { type: 'sign_up_credit', amountNanoUsd: '10000', requestId: undefined },
    ]);
    expect(data[1]?.description).toBe('gpt-4o-mini via openai: 12 in, 34 out');
    const total = data.reduce((sum, { amountNanoUsd }) => sum + BigInt(amountNanoUsd), 0n);
    const { body } = await billing.ask('GET', '/v1/billing/balance', { orgId });
    expect(body.balanceNanoUsd).toBe(total.toString());
  });

  it('200 pages through everything once, by cursor', async () => {
    const orgId = randomUUID();
    const requestIds = await charge(orgId, ...Array.from({ length: 25 }, (_, index) => index + 1));
    const seen: string[] = [];
    let query = '?limit=10';
    for (let page = 0; page < 3; page += 1) {
      const { data, nextCursor } = transactionPage.parse((await list(orgId, query)).body);
      seen.push(...data.flatMap(({ requestId }) => (requestId === undefined ? [] : [requestId])));
      query = `?limit=10&cursor=${nextCursor}`;
      expect(nextCursor === null).toBe(page === 2);
    }
    expect(seen).toEqual(requestIds.toReversed());
  });

  it('I17: shows nothing of another organisation, not even from behind its cursor', async () => {
    const orgId = randomUUID();
    await charge(orgId, 1, 2, 3);
    const { nextCursor } = (await list(orgId, '?limit=1')).body;
    const { data } = transactionPage.parse((await list(randomUUID(), `?cursor=${nextCursor}`)).body);
    expect(data).toEqual([]);
  });

  it.each(['?limit=0', '?limit=101', '?limit=x', '?cursor=x', '?other=1', '?limit=1&limit=2'])(
    '400 refuses %s',
    async (query) => {
      expect((await list(randomUUID(), query)).status).toBe(400);
    },
  );
});
