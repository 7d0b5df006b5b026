import { randomUUID } from 'node:crypto';
import { signStripeEvent } from '@aggregator/fake-providers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readBillingConfig } from '../config.ts';
import { startBilling } from '../testing/start-billing.ts';
import { type PaymentWorld, startPayments, twenty, webhookSecret } from '../testing/start-payments.ts';
import { tendPayments } from './tend-payments.ts';

let world: PaymentWorld;
beforeAll(async () => {
  world = await startPayments();
});
afterAll(() => world.stop());

const read = (id: string) => world.ask('GET', `/v1/billing/top-ups/${id}`, world.owner);

describe('a top-up', () => {
  it('is credited once, although two events and their repeats report it (I7)', async () => {
    const { answer, sessionId } = await world.topUp({ saveMethod: true });
    expect(answer).toMatchObject({ status: 201, body: { status: 'open', amountNanoUsd: twenty.toString() } });
    const events = world.fake.pay(sessionId);

    expect(await world.deliver(...events)).toEqual(['handled', 'handled', 'handled']);
    expect(await world.deliver(...events.toReversed())).toEqual(['duplicate', 'duplicate', 'duplicate']);
    expect(await world.available()).toBe(twenty);
    expect((await read(answer.body.id)).body).toMatchObject({ status: 'succeeded', checkoutUrl: null });
    const { body } = await world.ask('GET', '/v1/billing/payment-method', world.owner);
    expect(body.method).toEqual({
      ...{ provider: 'stripe', brand: 'visa', lastDigits: '4242', expiryMonth: 12, expiryYear: 2031 },
    });
    expect(await world.isConsistent()).toBe(true);
  });

  it('is credited once when all its events arrive at the same moment, many times (I7)', async () => {
    const before = await world.available();
    const { sessionId } = await world.topUp();
    const events = world.fake.pay(sessionId);
    const all = Array.from({ length: 5 }, () => events).flat();

    await Promise.all(all.map((event) => world.deliver(event)));

    expect(await world.available()).toBe(before + twenty);
    expect(await world.isConsistent()).toBe(true);
  });

  it('is one for one idempotency key, and its amount is the one of the first request (I8)', async () => {
    const idempotencyKey = randomUUID();
    const all = await Promise.all(Array.from({ length: 10 }, () => world.topUp({ idempotencyKey })));
    const ids = new Set(all.map(({ answer }) => answer.body.id));
    expect(ids.size).toBe(1);
    expect(all.filter(({ answer }) => answer.status === 201)).toHaveLength(1);

    const { answer } = await world.topUp({ idempotencyKey, amountNanoUsd: '30000000000' });
    expect(answer).toMatchObject({ status: 409, body: { code: 'conflict' } });
  });

  it.each([
    '0',
    '-20000000000',
    '4990000000',
    '20000000001',
    '10000010000000',
    '1e30',
    '0.3',
    '',
    '99999999999999999999',
  ])('of %s nano-USD is refused, and the provider is not asked', async (amountNanoUsd) => {
    const calls = world.fake.calls.length;
    const { answer } = await world.topUp({ amountNanoUsd });
    expect(answer.status).toBe(400);
    expect(world.fake.calls).toHaveLength(calls);
  });

  it('is credited when the money of a slow method arrives, and not before', async () => {
    const before = await world.available();
    const { answer, sessionId } = await world.topUp();

    await world.deliver(...world.fake.pay(sessionId, { isAsync: true }));
    expect((await read(answer.body.id)).body.status).toBe('processing');
    expect(await world.available()).toBe(before);

    await world.deliver(...world.fake.settle(sessionId, true));
    expect(await world.available()).toBe(before + twenty);
  });

  it('is credited although its webhook is lost, once, and also if the provider is away at first', async () => {
    const before = await world.available();
    const { answer, sessionId } = await world.topUp();
    const lost = world.fake.pay(sessionId, { isAsync: true });
    world.clock.advance(25 * 3_600_000);
    world.fake.isAway = true;
    await tendPayments(world.context);
    expect((await read(answer.body.id)).body.status).toBe('open');
    world.fake.isAway = false;
    world.clock.advance(7 * 3_600_000);
    await tendPayments(world.context);
    expect((await read(answer.body.id)).body.status).toBe('processing');
    const settled = world.fake.settle(sessionId, true);
    world.clock.advance(24 * 3_600_000);
    await tendPayments(world.context);
    expect(await world.available()).toBe(before + twenty);

    await world.deliver(...lost, ...settled);
    await tendPayments(world.context);
    expect(await world.available()).toBe(before + twenty);
  });

  it('on a page that was read for the last time before its end is credited although its webhook is lost', async () => {
    const before = await world.available();
    const { answer, sessionId } = await world.topUp();
    world.clock.advance(119 * 60_000);
    await tendPayments(world.context);
    world.fake.pay(sessionId);
    world.clock.advance(2 * 60_000);
    await tendPayments(world.context);
    expect((await read(answer.body.id)).body.status).toBe('open');
    world.clock.advance(30 * 60_000);
    await tendPayments(world.context);
    expect(await world.available()).toBe(before + twenty);
  });

  it('under way is asked for with growing pauses, and fails for a person to judge after 30 days', async () => {
    const { answer, sessionId } = await world.topUp();
    await world.deliver(...world.fake.pay(sessionId, { isAsync: true }));
    const reads = () => world.fake.calls.filter((call) => call.startsWith('GET /v1/payment_intents/')).length;
    const start = reads();
    for (let hour = 0; hour < 32 * 24; hour += 1) {
      world.clock.advance(3_600_000);
      await tendPayments(world.context);
    }
    expect(reads() - start).toBeLessThan(50);
    expect((await read(answer.body.id)).body).toMatchObject({ status: 'failed', failureCode: 'no_answer' });
    expect(await world.reviews()).toContain('payment_unanswered');
  });

  it('fails late without a credit; one that was credited is left to a person', async () => {
    const before = await world.available();
    const slow = await world.topUp();
    await world.deliver(...world.fake.pay(slow.sessionId, { isAsync: true }));
    await world.deliver(...world.fake.settle(slow.sessionId, false));
    expect((await read(slow.answer.body.id)).body).toMatchObject({
      status: 'failed',
      failureCode: 'async_payment_failed',
    });
    expect(await world.available()).toBe(before);

    const credited = await world.topUp();
    await world.deliver(...world.fake.pay(credited.sessionId));
    await world.deliver(...world.fake.settle(credited.sessionId, false));
    expect(await world.available()).toBe(before + twenty);
    expect(await world.reviews()).toContain('late_failure');
  });

  it('that was paid after its page had expired is credited, since the money is here', async () => {
    const before = await world.available();
    const { answer, sessionId } = await world.topUp();
    const events = world.fake.pay(sessionId);
    await world.deliver(world.fake.expire(sessionId));
    expect((await read(answer.body.id)).body.status).toBe('expired');

    await world.deliver(...events);
    expect(await world.available()).toBe(before + twenty);
  });

  it('has a bound of pages that wait at the same time', async () => {
    const other = { ...world.owner, orgId: randomUUID() };
    const ask = () =>
      world.ask('POST', '/v1/billing/top-ups', other, { amountNanoUsd: '5000000000', idempotencyKey: randomUUID() });
    const statuses: number[] = [];
    for (let made = 0; made < 21; made += 1) statuses.push((await ask()).status);
    expect(statuses).toEqual([...Array.from({ length: 20 }, () => 201), 429]);
  });

  it('of another organisation does not exist (I17)', async () => {
    const { answer } = await world.topUp();
    const stranger = { ...world.owner, orgId: randomUUID() };
    expect((await world.ask('GET', `/v1/billing/top-ups/${answer.body.id}`, stranger)).status).toBe(404);
    const listed = await world.ask('GET', `/v1/billing/top-ups?organizationId=${world.owner.orgId}`, stranger);
    expect(listed.status).toBe(404);
    const own = await world.ask('GET', '/v1/billing/top-ups?limit=1', world.owner);
    expect(own.body).toMatchObject({ data: [{ id: answer.body.id }], nextCursor: answer.body.id });
  });
});

describe('a webhook', () => {
  it('credits nothing without a true signature', async () => {
    const before = await world.available();
    const { sessionId } = await world.topUp();
    const [event] = world.fake.pay(sessionId);
    const body = JSON.stringify(event);
    const old = new Date(world.clock.now.getTime() - 301_000);
    const statuses = [
      await world.post(body, {}),
      await world.post(body, { 'stripe-signature': 't=1,v1=00' }),
      await world.post(body, signStripeEvent(body, ['whsec_of_somebody'], world.clock.now).headers),
      await world.post(body, signStripeEvent(body, [webhookSecret], old).headers),
      await world.post(`${body} `, signStripeEvent(body, [webhookSecret], world.clock.now).headers),
    ].map(({ status, body: answer }) => [status, answer.code]);

    expect(statuses).toEqual(Array.from({ length: 5 }, () => [401, 'invalid_signature']));
    expect(await world.available()).toBe(before);
  });

  it('credits nothing for another amount, another currency, an unknown payment or another payment at the provider', async () => {
    const before = await world.available();
    const { sessionId } = await world.topUp();
    const [event] = world.fake.pay(sessionId);
    if (event === undefined) throw new Error('no event');
    const change = (object: Record<string, unknown>) => ({
      ...event,
      id: `evt_${randomUUID()}`,
      data: { object: { ...event.data.object, ...object } },
    });

    const results = await world.deliver(
      change({ amount_received: 9_999_999 }),
      change({ amount_received: 1 }),
      change({ currency: 'idr' }),
      change({ metadata: {} }),
      change({ id: 'pi_other', metadata: { aggregator_payment: randomUUID() } }),
      change({ id: 'pi_other', metadata: { aggregator_payment: "x' OR 1=1" } }),
    );

    expect(results).toEqual(Array.from({ length: 6 }, () => 'quarantined'));
    expect(await world.available()).toBe(before);
    expect(await world.deliver(event)).toEqual(['handled']);
    const twice = { id: 'pi_second', metadata: event.data.object.metadata };
    expect(await world.deliver(change(twice))).toEqual(['quarantined']);
    expect(await world.available()).toBe(before + twenty);
    const reviews = await world.reviews();
    expect(reviews.filter((reason) => reason === 'amount_mismatch')).toHaveLength(3);
    expect(reviews.filter((reason) => reason === 'unknown_payment')).toHaveLength(3);
    expect(reviews).toContain('reference_mismatch');
  });

  it('with the id of another event and another body is refused and reviewed (I7)', async () => {
    const before = await world.available();
    const [first, second] = [await world.topUp(), await world.topUp()];
    const [known] = world.fake.pay(first.sessionId);
    const [other] = world.fake.pay(second.sessionId);
    if (known === undefined || other === undefined) throw new Error('no events');

    expect(await world.deliver(known, { ...other, id: known.id })).toEqual(['handled', 'reused']);
    expect(await world.available()).toBe(before + twenty);
    expect(await world.reviews()).toContain('event_id_reused');
  });

  it('is taken from the gateway alone, for a provider that there is, and in a bounded size', async () => {
    const { body, headers } = signStripeEvent('{}', [webhookSecret], world.clock.now);
    const ask = (path: string, peer: 'proxy' | 'api-gateway', text = body) =>
      world.askAsPeer('POST', path, peer, text, headers);
    expect((await ask('/v1/billing/webhooks/stripe', 'proxy')).status).toBe(401);
    expect((await ask('/v1/billing/webhooks/unknown', 'api-gateway')).status).toBe(404);
    expect((await ask('/v1/billing/webhooks/stripe', 'api-gateway')).status).toBe(400);
    expect((await ask('/v1/billing/webhooks/stripe', 'api-gateway', 'x'.repeat(300_000))).status).toBe(413);
  });
});

describe('the configuration', () => {
  const base = { INTERNAL_SIGNING_KEY: 'x'.repeat(43), BILLING_DATABASE_URL: 'postgres://127.0.0.1/billing' };
  const key = { STRIPE_SECRET_KEY: 'sk_test_12345678' };

  it.each([
    [key],
    [{ ...key, STRIPE_WEBHOOK_SECRETS: ',' }],
    [{ ...key, STRIPE_WEBHOOK_SECRETS: 'whsec_12345678,' }],
    [{ ...key, STRIPE_WEBHOOK_SECRETS: 'secret' }],
    [{ STRIPE_WEBHOOK_SECRETS: webhookSecret }],
    [{ STRIPE_SECRET_KEY: 'pk_live_12345678', STRIPE_WEBHOOK_SECRETS: webhookSecret }],
  ])('with %j does not start', (environment) => {
    expect(() => readBillingConfig({ ...base, ...environment })).toThrow(/STRIPE_/);
  });

  it('without Stripe takes no payments and has no webhook', async () => {
    const billing = await startBilling();
    const body = { amountNanoUsd: '5000000000', idempotencyKey: randomUUID() };
    const as = { orgId: randomUUID(), scopes: ['billing:pay' as const] };
    expect((await billing.ask('POST', '/v1/billing/top-ups', as, body)).status).toBe(503);
    expect((await billing.askAsPeer('POST', '/v1/billing/webhooks/stripe', 'api-gateway', {})).status).toBe(404);
    await billing.stop();
  });
});
