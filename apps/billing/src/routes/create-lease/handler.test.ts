import { randomUUID } from 'node:crypto';
import { leaseAnswer } from '@aggregator/contracts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type RunningBilling, startBilling } from '../../testing/start-billing.ts';

let billing: RunningBilling;
beforeAll(async () => {
  billing = await startBilling({ SIGN_UP_CREDIT_NANO_USD: '5000000000' });
});
afterAll(() => billing.stop());

const lease = (body: unknown) => billing.askAsPeer('POST', '/internal/leases', 'proxy', body);

describe('POST /internal/leases', () => {
  it('200 grants credit at the counter store', async () => {
    const orgId = randomUUID();
    const { status, body } = await lease({ orgId, neededNanoUsd: '100' });
    expect(status).toBe(200);
    expect(leaseAnswer.parse(body)).toMatchObject({ result: 'granted', amountNanoUsd: '500000000' });
    expect((await billing.admission.readCredit(orgId)).creditNanoUsd).toBe(500_000_000n);
  });

  it('200 says that the balance does not cover it', async () => {
    const { status, body } = await lease({ orgId: randomUUID(), neededNanoUsd: '5000000001' });
    expect({ status, body }).toEqual({ status: 200, body: { result: 'insufficient' } });
  });

  it.each(['0', '-1', '1000000000000001'])('400 refuses %s', async (neededNanoUsd) => {
    expect(await lease({ orgId: randomUUID(), neededNanoUsd })).toMatchObject({
      ...{ status: 400, body: { code: 'invalid_amount' } },
    });
  });

  it('200 says that an organisation which auth does not know has nothing, and opens no account', async () => {
    const orgId = randomUUID();
    billing.unknown.add(orgId);
    expect(await lease({ orgId, neededNanoUsd: '1' })).toMatchObject({ body: { result: 'insufficient' } });
    const hold = { orgId, requestId: randomUUID(), holdNanoUsd: '1', ttlMs: 1000 };
    expect(await billing.askAsPeer('POST', '/internal/holds', 'proxy', hold)).toMatchObject({
      body: { result: 'insufficient' },
    });
    expect(await billing.context.database.account.count({ where: { orgId } })).toBe(0);
  });

  it('401 refuses every peer but the proxy, and principals', async () => {
    const body = { orgId: randomUUID(), neededNanoUsd: '100' };
    expect(await billing.askAsPeer('POST', '/internal/leases', 'analytics', body)).toMatchObject({ status: 401 });
    expect(await billing.ask('POST', '/internal/leases', { orgId: body.orgId }, body)).toMatchObject({ status: 401 });
  });

  it('503 says so, and grants it later, where the counter store does not take the credit', async () => {
    const orgId = randomUUID();
    const { grantCredit } = billing.admission;
    billing.admission.grantCredit = () => Promise.reject(new Error('down'));
    try {
      expect(await lease({ orgId, neededNanoUsd: '100' })).toMatchObject({
        ...{ status: 503, body: { code: 'billing_unavailable' } },
      });
    } finally {
      billing.admission.grantCredit = grantCredit;
    }
    const { body } = await billing.ask('GET', '/v1/billing/balance', { orgId });
    expect(body.balanceNanoUsd).toBe('5000000000');
  });
});
