import { randomUUID } from 'node:crypto';
import { createFakeYookassa, type FakeProviderServer, startFakeProvider } from '@aggregator/fake-providers';
import { createUuidV7 } from '@aggregator/service-kit';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runAutomaticTopUps } from '../automatic-top-ups/run-automatic-top-ups.ts';
import { readAccounts } from '../ledger/accounts.ts';
import { checkLedger } from '../ledger/check-ledger.ts';
import { type RunningBilling, startBilling } from '../testing/start-billing.ts';
import { tendPayments } from './tend-payments.ts';

const twenty = 20_000_000_000n;
const fake = createFakeYookassa();
let server: FakeProviderServer;
let billing: RunningBilling;
const owner = { orgId: randomUUID(), scopes: ['billing:read', 'billing:pay'] as ('billing:read' | 'billing:pay')[] };
const operator = { orgId: randomUUID(), scopes: ['billing:manage'] as 'billing:manage'[] };
beforeAll(async () => {
  server = await startFakeProvider(fake.listener);
  const settings = {
    YOOKASSA_SHOP_ID: '100500',
    YOOKASSA_SECRET_KEY: 'test_12345678',
    YOOKASSA_API_URL: `${server.url}/v3`,
  };
  billing = await startBilling({ ...settings, PAYMENT_PROVIDER: 'yookassa' });
});
afterAll(async () => {
  await billing.stop();
  await server.close();
});

const topUp = (fields = {}) =>
  billing.ask('POST', '/v1/billing/top-ups', owner, {
    ...{ amountNanoUsd: twenty.toString(), idempotencyKey: randomUUID(), saveMethod: true, ...fields },
  });
const post = (body: string) => billing.askAsPeer('POST', '/v1/billing/webhooks/yookassa', 'api-gateway', body);
const available = async () => (await readAccounts(billing.context.database, owner.orgId))?.available ?? 0n;
const setRate = (microUnitsPerUsd: string) =>
  billing.ask('POST', '/v1/billing/exchange-rates', operator, { currency: 'RUB', microUnitsPerUsd, source: 'Bank' });
const idOf = (url: string) => new URL(url).searchParams.get('orderId') ?? '';

describe('payments by YooKassa', () => {
  it('need an exchange rate, are asked for in rubles, and credited in dollars, once', async () => {
    expect(await topUp()).toMatchObject({ status: 503, body: { code: 'service_unavailable' } });
    for (const wrong of ['0', '-1', '1e6', '92.5', '']) expect((await setRate(wrong)).status).toBe(400);
    expect((await setRate('92345678')).status).toBe(201);
    const { body } = await topUp();
    expect(body).toMatchObject({ provider: 'yookassa', currency: 'RUB', amountNanoUsd: twenty.toString() });
    const reference = idOf(body.checkoutUrl);
    // 20 × 92.345678 is 1846.91356: rounded up to a kopeck.
    expect(fake.payments.get(reference)?.amount).toEqual({ value: '1846.92', currency: 'RUB' });
    const paid = fake.pay(reference);
    const forged = JSON.stringify({ ...JSON.parse(paid), object: { ...JSON.parse(paid).object, id: randomUUID() } });
    const calls = fake.calls.length;
    expect((await post(forged)).status).toBe(401);
    const object = { id: randomUUID(), payment_id: randomUUID() };
    const refunded = JSON.stringify({ type: 'notification', event: 'refund.succeeded', object });
    expect((await post(refunded)).status).toBe(401);
    expect(fake.calls).toHaveLength(calls);
    expect([(await post(paid)).body.result, (await post(paid)).body.result]).toEqual(['handled', 'duplicate']);
    expect(await available()).toBe(twenty);
    const { body: saved } = await billing.ask('GET', '/v1/billing/payment-method', owner);
    expect(saved.method).toMatchObject({ provider: 'yookassa', lastDigits: '4444', expiryYear: 2031 });
  });

  it('wait for a new exchange rate when the last one is too old, and the operator is warned before', async () => {
    const { clock, database } = billing.context;
    const createdAt = (days: number) => new Date(clock().getTime() - days * 86_400_000);
    const age = async (days: number) => {
      const row = { currency: 'RUB', microUnitsPerUsd: 92_345_678n, source: 'Bank', createdAt: createdAt(days) };
      await database.exchangeRate.create({ data: { ...row, id: createUuidV7() } });
      await tendPayments(billing.context);
      const { text } = await billing.context.metrics.read();
      return Number(/billing_exchange_rate_age_ratio\{.*\} (.*)/.exec(text)?.[1]);
    };
    expect(await age(27)).toBeCloseTo(0.9, 3);
    expect((await topUp()).status).toBe(201);
    expect(await age(30.001)).toBeGreaterThan(1);
    expect(await topUp()).toMatchObject({ status: 503, body: { code: 'service_unavailable' } });
    expect(await age(0)).toBeCloseTo(0, 3);
  });

  it('credit nothing for another amount at the provider', async () => {
    const before = await available();
    const { body } = await topUp();
    const reference = idOf(body.checkoutUrl);
    Object.assign(fake.payments.get(reference)?.amount ?? {}, { value: '1.00' });
    expect((await post(fake.pay(reference))).body.result).toBe('quarantined');
    expect(await available()).toBe(before);
  });

  it('are charged to the saved method by the rate of that moment', async () => {
    await setRate('100000000');
    const limits = { amountNanoUsd: '5000000000', dayMaxNanoUsd: '5000000000', monthMaxNanoUsd: '5000000000' };
    await billing.ask('PUT', '/v1/billing/automatic-top-up', owner, { ...limits, thresholdNanoUsd: '21000000000' });
    await runAutomaticTopUps(billing.context);
    expect(await available()).toBe(twenty + 5_000_000_000n);
    expect([...fake.payments.values()].at(-1)?.amount).toEqual({ value: '500.00', currency: 'RUB' });
  });

  it('are found by our own id where the answer that carries the id of the provider was lost', async () => {
    const before = await available();
    const limits = { amountNanoUsd: '5000000000', dayMaxNanoUsd: '50000000000', monthMaxNanoUsd: '50000000000' };
    await billing.ask('PUT', '/v1/billing/automatic-top-up', owner, { ...limits, thresholdNanoUsd: '90000000000' });
    fake.nextCharge = 'lose';
    await runAutomaticTopUps(billing.context);
    await billing.ask('DELETE', '/v1/billing/automatic-top-up', owner);
    expect(await available()).toBe(before);
    const object = [...fake.payments.values()].at(-1);
    const made = JSON.stringify({ type: 'notification', event: 'payment.succeeded', object });
    expect((await post(made)).body.result).toBe('handled');
    expect(await available()).toBe(before + 5_000_000_000n);
  });

  it('are refunded in rubles by the rate of the payment, in parts that add up', async () => {
    const { body } = await billing.ask('GET', '/v1/billing/top-ups?limit=100', owner);
    const first = body.data.find(
      ({ status, kind }: Record<string, string>) => status === 'succeeded' && kind === 'checkout',
    );
    const refund = (amountNanoUsd: string, reasonKey: string) =>
      billing.ask('POST', `/v1/billing/top-ups/${first.id}/refunds`, operator, {
        ...{ amountNanoUsd, reasonKey, description: 'Asked for' },
      });
    expect((await refund('6670000000', 'a')).body).toMatchObject({ status: 'succeeded' });
    expect((await refund('13330000000', 'b')).body).toMatchObject({ status: 'succeeded' });
    const values = [...fake.refunds.values()].map(({ amount }) => (amount as { value: string }).value);
    expect(values).toEqual(['615.94', '1230.98']);
    for (const object of fake.refunds.values()) {
      const notification = JSON.stringify({ type: 'notification', event: 'refund.succeeded', object });
      expect((await post(notification)).body.result).toBe('handled');
    }
    expect(await available()).toBe(10_000_000_000n);
    expect((await checkLedger(billing.context.database)).isConsistent).toBe(true);
  });
});
