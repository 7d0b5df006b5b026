import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type RunningBilling, startBilling } from '../../testing/start-billing.ts';

let billing: RunningBilling;
beforeAll(async () => {
  billing = await startBilling();
});
afterAll(() => billing.stop());

const read = (id: string, as: Parameters<RunningBilling['ask']>[2]) =>
  billing.ask('GET', `/v1/billing/balance/${id}`, as);

describe('GET /v1/billing/balance/{organization or user}', () => {
  it('200 answers one’s own balance by the id of the organisation or of the user', async () => {
    const own = { orgId: randomUUID(), userId: randomUUID() };
    for (const id of [own.orgId, own.userId]) {
      expect(await read(id, own)).toMatchObject({ status: 200, body: { balanceNanoUsd: '0' } });
    }
  });

  it('200 returns a known organisation to a caller that manages billing', async () => {
    const orgId = randomUUID();
    await read(orgId, { orgId });
    const manager = { orgId: randomUUID(), scopes: ['billing:read' as const, 'billing:manage' as const] };
    expect(await read(orgId, manager)).toMatchObject({ status: 200 });
    expect(await read(randomUUID(), manager)).toMatchObject({ status: 404 });
  });

  it('I17: 404 hides every other organisation, whether it exists or not', async () => {
    const orgId = randomUUID();
    await read(orgId, { orgId });
    const stranger = { orgId: randomUUID() };
    const answers = [await read(orgId, stranger), await read(randomUUID(), stranger), await read('x', stranger)];
    for (const { status, body } of answers) expect({ status, body }).toEqual({ status: 404, body: answers[0]?.body });
  });
});
