import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type RunningBilling, startBilling } from '../../testing/start-billing.ts';

let billing: RunningBilling;
beforeAll(async () => {
  billing = await startBilling({ SIGN_UP_CREDIT_NANO_USD: '1000' });
});
afterAll(() => billing.stop());

const ttlMs = 60_000;
const hold = (body: unknown) => billing.askAsPeer('POST', '/internal/holds', 'proxy', body);
const release = (body: unknown) => billing.askAsPeer('POST', '/internal/holds/release', 'proxy', body);
const balanceOf = async (orgId: string) => (await billing.ask('GET', '/v1/billing/balance', { orgId })).body;

describe('POST /internal/holds', () => {
  it('200 holds the money, which the balance reports as held, until it is released', async () => {
    const [orgId, requestId] = [randomUUID(), randomUUID()];

    expect(await hold({ orgId, requestId, holdNanoUsd: '300', ttlMs })).toMatchObject({
      ...{ status: 200, body: { result: 'held', availableNanoUsd: '700' } },
    });
    expect(await balanceOf(orgId)).toMatchObject({ balanceNanoUsd: '1000', heldNanoUsd: '300' });
    expect(await release({ orgId, requestId })).toMatchObject({ status: 204 });
    expect(await balanceOf(orgId)).toMatchObject({ balanceNanoUsd: '1000', heldNanoUsd: '0' });
  });

  it('200 says that the balance does not cover it', async () => {
    const body = { orgId: randomUUID(), requestId: randomUUID(), holdNanoUsd: '1001', ttlMs };
    expect(await hold(body)).toMatchObject({ status: 200, body: { result: 'insufficient' } });
  });

  it.each(['0', '-1', '1000000000000001'])('400 refuses %s', async (holdNanoUsd) => {
    expect(await hold({ orgId: randomUUID(), requestId: randomUUID(), holdNanoUsd, ttlMs })).toMatchObject({
      ...{ status: 400, body: { code: 'invalid_amount' } },
    });
  });

  it.each(['/internal/holds', '/internal/holds/release'])('401 %s refuses every peer but the proxy', async (path) => {
    const body = { orgId: randomUUID(), requestId: randomUUID(), holdNanoUsd: '1', ttlMs };
    expect(await billing.askAsPeer('POST', path, 'analytics', body)).toMatchObject({ status: 401 });
    expect(await billing.ask('POST', path, { orgId: body.orgId }, body)).toMatchObject({ status: 401 });
  });

  it('204 releases what is not held, too', async () => {
    expect(await release({ orgId: randomUUID(), requestId: randomUUID() })).toMatchObject({ status: 204 });
  });
});
