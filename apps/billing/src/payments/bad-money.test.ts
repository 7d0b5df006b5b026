import { randomUUID } from 'node:crypto';
import { signStripeEvent } from '@aggregator/fake-providers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type PaymentWorld, startPayments, twenty, webhookSecret } from '../testing/start-payments.ts';

let world: PaymentWorld;
let paid: { id: string; paymentIntent: string };
beforeAll(async () => {
  world = await startPayments();
  paid = await world.paid({ saveMethod: true });
});
afterAll(() => world.stop());

/** No whole positive number of nano-USD as a string, or too many of them. */
const wrongAmounts = [
  '-1',
  '-10000000',
  '0',
  '1e30',
  '1e3',
  '0.3',
  0.1 + 0.2,
  1,
  10_000_000,
  '',
  ' 1',
  '+1',
  '0x10',
  'NaN',
]
  .concat('Infinity', '1'.repeat(20), '１０００００００')
  .concat([null, true, [], {}, ['10000000']] as never[]);

const key = () => randomUUID();
const routes: Readonly<Record<string, (amount: unknown) => [string, string, 'owner' | 'operator', object]>> = {
  'a top-up': (amountNanoUsd) => [
    ...(['POST', '/v1/billing/top-ups', 'owner'] as const),
    { amountNanoUsd, idempotencyKey: key() },
  ],
  'a refund': (amountNanoUsd) => [
    ...(['POST', `/v1/billing/top-ups/${paid.id}/refunds`, 'operator'] as const),
    { amountNanoUsd, reasonKey: key(), description: 'x' },
  ],
  'a transaction': (amountNanoUsd) => [
    ...(['POST', '/v1/billing/transaction', 'operator'] as const),
    { organizationId: world.owner.orgId, type: 'top_up', amountNanoUsd, description: 'x', idempotencyKey: key() },
  ],
  'a bank transfer': (amountNanoUsd) => [
    ...(['POST', '/v1/billing/bank-transfers', 'operator'] as const),
    { organizationId: world.owner.orgId, amountNanoUsd, bankReference: key(), description: 'x' },
  ],
  'promotional credit': (amountNanoUsd) => [
    ...(['POST', '/v1/billing/promotional-credits', 'operator'] as const),
    {
      ...{ organizationId: world.owner.orgId, amountNanoUsd, description: 'x', idempotencyKey: key() },
      expiresAt: new Date(world.clock.now.getTime() + 86_400_000).toISOString(),
    },
  ],
  'an automatic top-up': (amountNanoUsd) => [
    ...(['PUT', '/v1/billing/automatic-top-up', 'owner'] as const),
    { amountNanoUsd, thresholdNanoUsd: '1', dayMaxNanoUsd: '99000000000', monthMaxNanoUsd: '99000000000' },
  ],
  'the credit of a plan': (includedCreditNanoUsd) => [
    ...(['POST', '/v1/billing/plans', 'operator'] as const),
    { name: key(), feeNanoUsd: '10000000', includedCreditNanoUsd },
  ],
  'the fee of a plan': (feeNanoUsd) => [
    ...(['POST', '/v1/billing/plans', 'operator'] as const),
    { name: key(), feeNanoUsd, includedCreditNanoUsd: '0' },
  ],
  'a credit limit': (creditLimitNanoUsd) => [
    ...(['PUT', `/v1/billing/payers/${world.owner.orgId}/credit-limit`, 'operator'] as const),
    { creditLimitNanoUsd },
  ],
};
/** A plan may include nothing and be free; without a credit limit an organisation is prepaid. */
const allowed = new Set(['the credit of a plan 0', 'the fee of a plan 0', 'a credit limit 0']);

describe('an amount of money that is no amount', () => {
  it.each(Object.keys(routes))('is rejected by %s with 400, and moves nothing', async (name) => {
    const before = [await world.available(), await world.context.database.transfer.count()];
    for (const amount of wrongAmounts) {
      if (allowed.has(`${name} ${amount}`)) continue;
      const [method, path, who, body] = routes[name]?.(amount) ?? ['', '', 'owner', {}];
      const { status, body: answer } = await world.ask(method, path, world[who], body);
      expect({ amount, status, code: answer.code }).toEqual({
        ...{ amount, status: 400 },
        code: expect.stringMatching(/^invalid_(?:amount|value)$/),
      });
    }
    expect([await world.available(), await world.context.database.transfer.count()]).toEqual(before);
  });

  it('is rejected where its body names fields that decide money', async () => {
    for (const field of ['balance', 'orgId', 'organizationId', 'status', 'currency', 'provider', 'minorUnits']) {
      const body = { amountNanoUsd: twenty.toString(), idempotencyKey: key(), [field]: 'x' };
      expect((await world.ask('POST', '/v1/billing/top-ups', world.owner, body)).status).toBe(400);
    }
  });
});

describe('a refund', () => {
  it('of more than the payment is 400, and a second one of all of it 409', async () => {
    const { id } = await world.paid();
    const refund = (amountNanoUsd: bigint, reasonKey: string) =>
      world.ask('POST', `/v1/billing/top-ups/${id}/refunds`, world.operator, {
        ...{ amountNanoUsd: amountNanoUsd.toString(), reasonKey, description: 'x' },
      });
    expect((await refund(twenty + 10_000_000n, 'a')).body.code).toBe('invalid_amount');
    expect((await refund(twenty, 'b')).status).toBe(201);
    expect(await refund(10_000_000n, 'c')).toMatchObject({ status: 409, body: { code: 'already_refunded' } });
  });
});

describe('a webhook of money', () => {
  it('is credited once for a replay, at the amount of our intent, and at another provider not at all', async () => {
    const { sessionId } = await world.topUp();
    const [event] = world.fake.pay(sessionId);
    const before = await world.available();
    const signed = signStripeEvent(event ?? {}, [webhookSecret], world.clock.now);
    for (const path of ['yookassa', 'STRIPE', '..%2fstripe', 'stripe%00', '__proto__', 'constructor']) {
      const answer = await world.askAsPeer(
        'POST',
        `/v1/billing/webhooks/${path}`,
        'api-gateway',
        signed.body,
        signed.headers,
      );
      expect([400, 404]).toContain(answer.status);
    }
    const results = await Promise.all(Array.from({ length: 10 }, () => world.post(signed.body, signed.headers)));
    expect(results.map(({ body }) => body.result).sort()).toEqual([...Array(9).fill('duplicate'), 'handled']);
    expect(await world.available()).toBe(before + twenty);
    const old = signStripeEvent(event ?? {}, [webhookSecret], new Date(world.clock.now.getTime() - 301_000));
    expect((await world.post(old.body, old.headers)).status).toBe(401);
  });
});
