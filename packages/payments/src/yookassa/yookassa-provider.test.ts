import { randomUUID } from 'node:crypto';
import { createFakeYookassa, type FakeProviderServer, startFakeProvider } from '@aggregator/fake-providers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { describePaymentProvider } from '../conformance.ts';
import { createYookassaProvider, type YookassaOptions } from './yookassa-provider.ts';

const now = new Date('2026-11-30T12:00:00Z');
const fake = createFakeYookassa(() => now);
let server: FakeProviderServer;
beforeAll(async () => {
  server = await startFakeProvider(fake.listener);
});
afterAll(() => server.close());
const connect = (ownerOf: YookassaOptions['ownerOf'] = async () => 'org') =>
  createYookassaProvider({ shopId: '100500', secretKey: 'test_key', apiUrl: `${server.url}/v3`, ownerOf });
const deliver = (body: string) => ({ body, headers: { 'content-type': 'application/json' } });

describePaymentProvider('YooKassa', () => ({
  provider: connect(),
  now: () => now,
  pay: (reference) => [deliver(fake.pay(reference))],
  forge({ body }) {
    const event = JSON.parse(body);
    const of = (fields: object) => deliver(JSON.stringify({ ...event, ...fields }));
    return [
      of({ object: { ...event.object, id: randomUUID() } }),
      of({ event: 'payment.canceled' }),
      of({ event: 'refund.succeeded' }),
    ];
  },
  malformed: () =>
    ['', '[]', '{}', 'null', '{"type":"notification","event":"payment.succeeded","object":{"id":"../payments"}}'].map(
      deliver,
    ),
  setNextCharge(result) {
    fake.nextCharge = result;
  },
  refuseRefunds(isRefusing) {
    fake.refusesRefunds = isRefusing;
  },
  countMoved: () =>
    [...fake.payments.values()].filter(({ status }) => status === 'succeeded').length + fake.refunds.size,
}));

describe('YooKassa', () => {
  const open = async () => {
    const provider = connect();
    const { reference } = await provider.openCheckout({
      ...{ paymentId: randomUUID(), customerReference: 'org-1', money: { minorUnits: '2000', currency: 'RUB' } },
      ...{ description: 'Top-up', savesMethod: false, doneUrl: 'https://x.example', cancelUrl: 'https://x.example' },
      expiresAt: now,
    });
    return { provider, reference };
  };

  it('is believed by what its API says, and not by the amount of a webhook', async () => {
    const { provider, reference } = await open();
    const body = fake.pay(reference).replace('"20.00"', '"20000.00"');
    const [event] = await provider.readEvents(Buffer.from(body), {}, now);
    expect(event).toMatchObject({ kind: 'payment_succeeded', money: { minorUnits: '2000', currency: 'RUB' } });
  });

  it('is not asked about ids that are unknown here, however many webhooks come', async () => {
    const { reference } = await open();
    const body = Buffer.from(fake.pay(reference));
    const asked: unknown[] = [];
    const provider = connect(async (subject) => {
      asked.push(subject);
      return null;
    });
    const before = fake.calls.length;
    const all = await Promise.allSettled(Array.from({ length: 40 }, () => provider.readEvents(body, {}, now)));
    for (const result of all) expect(result).toMatchObject({ reason: { name: 'SignatureError' } });
    expect(fake.calls).toHaveLength(before);
    expect(asked[0]).toMatchObject({ paymentReference: reference, paymentId: expect.any(String) });
  });

  it('checks few webhooks of one customer at once, so that another one is always checked', async () => {
    const owners = new Map<string | null, string>();
    const provider = connect(async ({ paymentReference }) => owners.get(paymentReference) ?? null);
    const openFor = async (owner: string) => {
      const { reference } = await open();
      owners.set(reference, owner);
      return reference;
    };
    const [flood, other] = [await openFor('flood'), await openFor('other')];
    const webhook = (reference: string) => {
      const { body, headers } = deliver(fake.pay(reference));
      return provider.readEvents(Buffer.from(body), headers, now);
    };
    const checks = Promise.allSettled(Array.from({ length: 40 }, () => webhook(flood)));
    expect(await webhook(other)).toMatchObject([{ kind: 'payment_succeeded' }]);
    expect((await checks).filter(({ status }) => status === 'fulfilled')).toHaveLength(4);
    expect(await webhook(flood)).toMatchObject([{ kind: 'payment_succeeded' }]);
  });

  it.each(['method.saved', 'deal.closed', 'payout.succeeded'])(
    'reads nothing from a webhook that its API cannot confirm: %s',
    async (event) => {
      const { provider, reference } = await open();
      const body = JSON.stringify({ type: 'notification', event, object: { id: reference } });
      expect(await provider.readEvents(Buffer.from(body), {}, now)).toEqual([]);
    },
  );

  it.each([
    ['expired_on_confirmation', { kind: 'payment_expired' }],
    ['insufficient_funds', { kind: 'payment_failed', failureCode: 'insufficient_funds', isFinal: true }],
  ])('reports a payment that was cancelled: %s', async (reason, expected) => {
    const { provider, reference } = await open();
    const [event] = await provider.readEvents(Buffer.from(fake.cancel(reference, reason)), {}, now);
    expect(event).toMatchObject(expected);
  });

  it('names our refund in its event, so that one that is reported before its answer is known', async () => {
    const { provider, reference } = await open();
    fake.pay(reference);
    const refundId = randomUUID();
    const money = { minorUnits: '700', currency: 'RUB' };
    const { refundReference } = await provider.refund({ refundId, paymentReference: reference, money });
    const object = fake.refunds.get(refundReference);
    const body = JSON.stringify({ type: 'notification', event: 'refund.succeeded', object });
    expect(await provider.readEvents(Buffer.from(body), {}, now)).toMatchObject([
      { kind: 'refund_changed', refundId, refundReference, paymentReference: reference, money, status: 'succeeded' },
    ]);
  });
});
