import { randomUUID } from 'node:crypto';
import { reviewPage } from '@aggregator/contracts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { handleUsageRecorded } from '../../consumers/usage-recorded.ts';
import { type RunningBilling, startBilling } from '../../testing/start-billing.ts';
import { toRecord, usageEvent } from '../../testing/usage-event.ts';

let billing: RunningBilling;
beforeAll(async () => {
  billing = await startBilling({ SIGN_UP_CREDIT_NANO_USD: '10000' });
});
afterAll(() => billing.stop());

const manager = { orgId: randomUUID(), scopes: ['billing:manage' as const] };
const list = async (query = '') =>
  reviewPage.parse((await billing.ask('GET', `/v1/billing/reviews${query}`, manager)).body);

/** A request that is charged 1000 and of which the provider reports `outputText` units, one nano-USD each. */
async function charge(orgId: string, outputText: number): Promise<string> {
  const event = usageEvent({ orgId, costNanoUsd: 1000, reportedUsage: { inputUncached: 12, outputText } });
  await handleUsageRecorded(billing.context, [toRecord(event), toRecord(event)]);
  return event.requestId;
}

const platform = async (kind: string) =>
  (await billing.context.database.account.findFirstOrThrow({ where: { orgId: null, kind } })).balance;

describe('GET /v1/billing/reviews', () => {
  it('200 lists what a provider reported beyond the bounds, which is the platform’s loss and no customer’s (I2)', async () => {
    const orgId = randomUUID();
    await billing.ask('GET', '/v1/billing/balance', { orgId });
    const [lossBefore, payableBefore] = [await platform('platform_loss'), await platform('payable_disputed')];
    const requestId = await charge(orgId, 250_000);

    expect((await list()).data[0]).toMatchObject({
      ...{ requestId, organizationId: orgId, provider: 'openai', model: 'gpt-4o-mini', state: 'open' },
      chargedUsage: { inputUncached: 12, outputText: 1000 },
      reportedUsage: { inputUncached: 12, outputText: 250_000 },
      ...{ chargedNanoUsd: '1000', differenceNanoUsd: '249000' },
    });
    const { body } = await billing.ask('GET', '/v1/billing/balance', { orgId });
    expect(body.balanceNanoUsd).toBe('9000');
    expect((await platform('platform_loss')) - lossBefore).toBe(-249_000n);
    expect((await platform('payable_disputed')) - payableBefore).toBe(249_000n);
    const check = await billing.askAsPeer('GET', '/internal/ledger/check', 'analytics');
    expect(check.body).toMatchObject({ isConsistent: true, sumNanoUsd: '0' });
    const explained = await billing.ask('GET', `/v1/billing/explain/${requestId}`, { orgId });
    expect(explained.body.transfers.map(({ amountNanoUsd }: { amountNanoUsd: string }) => amountNanoUsd)).toEqual([
      '1000',
    ]);
    const { text } = await billing.context.metrics.read();
    expect(text).toMatch(/^billing_provider_excess_nano_usd_total\{[^}]*\} 249000$/m);
  });

  it('bounds what is booked, and books nothing for a smaller report', async () => {
    const orgId = randomUUID();
    await billing.ask('GET', '/v1/billing/balance', { orgId });
    await charge(orgId, Number.MAX_SAFE_INTEGER);
    expect((await list()).data[0]).toMatchObject({ differenceNanoUsd: '1000000000000000' });
    await charge(orgId, 5);
    expect((await list()).data[0]).toMatchObject({ chargedNanoUsd: '1000', differenceNanoUsd: '0' });
  });

  it('pages, and lists those of one state; a closed one stays closed and is audited', async () => {
    const orgId = randomUUID();
    for (let request = 0; request < 3; request += 1) await charge(orgId, 2000 + request);
    const first = await list('?limit=2');
    const second = await list(`?limit=2&cursor=${first.nextCursor}`);
    expect(new Set([...first.data, ...second.data].map(({ id }) => id)).size).toBe(4);

    const [{ id } = { id: '' }] = first.data;
    for (let time = 0; time < 2; time += 1) {
      expect((await billing.ask('POST', `/v1/billing/reviews/${id}/close`, manager)).status).toBe(204);
    }
    expect((await list('?state=closed')).data.map((review) => review.id)).toEqual([id]);
    expect((await list('?state=open')).data.map((review) => review.id)).not.toContain(id);
    expect((await billing.ask('POST', `/v1/billing/reviews/${randomUUID()}/close`, manager)).status).toBe(404);
  });

  it('403 rejects a caller without billing:manage', async () => {
    expect((await billing.ask('GET', '/v1/billing/reviews', { orgId: randomUUID() })).status).toBe(403);
  });
});
