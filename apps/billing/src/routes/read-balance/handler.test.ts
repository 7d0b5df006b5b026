import { randomUUID } from 'node:crypto';
import { balanceAnswer } from '@aggregator/contracts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type RunningBilling, startBilling } from '../../testing/start-billing.ts';

let billing: RunningBilling;
beforeAll(async () => {
  billing = await startBilling({ SIGN_UP_CREDIT_NANO_USD: '5000000000' });
});
afterAll(() => billing.stop());

const read = (orgId: string) => billing.ask('GET', '/v1/billing/balance', { orgId });

describe('GET /v1/billing/balance', () => {
  it('200 shows a new organisation its sign-up credit, which it gets once', async () => {
    const orgId = randomUUID();
    const answers = await Promise.all([read(orgId), read(orgId), read(orgId)]);
    for (const { status, body } of answers) {
      expect(status).toBe(200);
      expect(balanceAnswer.parse(body)).toEqual({
        ...{ currency: 'USD', balance: '5', balanceNanoUsd: '5000000000', held: '0', heldNanoUsd: '0' },
      });
    }
  });

  it('200 counts leased money as not spent, and shows what open requests hold of it', async () => {
    const orgId = randomUUID();
    await read(orgId);
    const lease = { orgId, neededNanoUsd: '100' };
    expect(await billing.askAsPeer('POST', '/internal/leases', 'proxy', lease)).toMatchObject({
      body: { result: 'granted', amountNanoUsd: '500000000' },
    });
    const hold = { rates: [], concurrency: [], holdTtlMs: 60_000, holdNanoUsd: 250_000_000n };
    await billing.admission.admit({ ...hold, orgId, requestId: 'open' });
    expect((await read(orgId)).body).toMatchObject({ balance: '5', held: '0.25', heldNanoUsd: '250000000' });
  });

  it('200 reports nothing as held while the counter store does not answer', async () => {
    const orgId = randomUUID();
    const { readCredit } = billing.admission;
    billing.admission.readCredit = () => Promise.reject(new Error('down'));
    try {
      expect(await read(orgId)).toMatchObject({ status: 200, body: { balance: '5', heldNanoUsd: '0' } });
    } finally {
      billing.admission.readCredit = readCredit;
    }
  });

  it('401 rejects a caller that does not come through the gateway', async () => {
    const answer = await fetch(`${billing.url}/v1/billing/balance`, { headers: { 'x-org-id': randomUUID() } });
    expect(answer.status).toBe(401);
    expect(await billing.askAsPeer('GET', '/v1/billing/balance', 'proxy')).toMatchObject({ status: 401 });
  });

  it('403 rejects a caller without billing:read', async () => {
    const answer = await billing.ask('GET', '/v1/billing/balance', { orgId: randomUUID(), scopes: ['ai:invoke'] });
    expect(answer).toMatchObject({ status: 403, body: { code: 'insufficient_permissions' } });
  });
});

describe('a database that fails', () => {
  it('503 asks to come again', async () => {
    const orgId = randomUUID();
    await billing.context.database.$executeRaw`ALTER TABLE account RENAME TO account_away`;
    try {
      expect(await read(orgId)).toMatchObject({ status: 503, body: { code: 'service_unavailable' } });
      expect(await billing.askAsPeer('POST', '/internal/leases', 'proxy', { orgId, neededNanoUsd: '1' })).toMatchObject(
        { status: 503, body: { code: 'billing_unavailable' } },
      );
    } finally {
      await billing.context.database.$executeRaw`ALTER TABLE account_away RENAME TO account`;
    }
  });
});
