import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type PaymentWorld, startPayments, twenty } from '../testing/start-payments.ts';
import { requestRefund } from './request-refund.ts';
import { tendPayments } from './tend-payments.ts';

let world: PaymentWorld;
beforeEach(async () => {
  world = await startPayments();
});
afterEach(() => world.stop());

const five = 5_000_000_000n;
const refund = (id: string, fields: Record<string, unknown> = {}) => {
  const body = { amountNanoUsd: five.toString(), reasonKey: 'ticket-1', description: 'Asked for', ...fields };
  return world.ask('POST', `/v1/billing/top-ups/${id}/refunds`, world.operator, body);
};
const platform = async (kind: string) =>
  (await world.context.database.account.findFirstOrThrow({ where: { orgId: null, kind } })).balance;
const lease = () =>
  world.askAsPeer('POST', '/internal/leases', 'proxy', { orgId: world.owner.orgId, neededNanoUsd: '1000' });

describe('a refund', () => {
  it('returns money to the method that paid, once for each reason, and never more than was paid', async () => {
    const { id } = await world.paid();

    expect(await refund(id)).toMatchObject({ status: 201, body: { status: 'succeeded' } });
    expect(await refund(id)).toMatchObject({ status: 200 });
    expect(await refund(id, { amountNanoUsd: '1000000000' })).toMatchObject({
      status: 409,
      body: { code: 'conflict' },
    });
    const more = { reasonKey: 'ticket-2' };
    expect(await refund(id, { ...more, amountNanoUsd: (twenty - five + 10_000_000n).toString() })).toMatchObject({
      ...{ status: 400, body: { code: 'invalid_amount' } },
    });
    for (const amountNanoUsd of ['0', '-5000000000', '5000000001']) {
      expect((await refund(id, { ...more, amountNanoUsd })).status).toBe(400);
    }
    expect((await refund(id, { ...more, amountNanoUsd: (twenty - five).toString() })).status).toBe(201);
    const last = await refund(id, { reasonKey: 'ticket-3' });
    expect(last).toMatchObject({ status: 409, body: { code: 'already_refunded' } });

    expect(await world.available()).toBe(0n);
    expect([await platform('refunds'), await platform('cash_clearing')]).toEqual([0n, 0n]);
    expect(await world.isConsistent()).toBe(true);
  });

  it('is one when many ask for all of it at the same moment', async () => {
    const { id } = await world.paid();
    const all = await Promise.all(
      Array.from({ length: 6 }, (_, index) =>
        refund(id, { reasonKey: `r-${index}`, amountNanoUsd: twenty.toString() }),
      ),
    );
    expect(all.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409, 409]);
    expect(world.fake.calls.filter((call) => call === 'POST /v1/refunds')).toHaveLength(1);
  });

  it('is refused without the balance for it, and for a top-up that was not paid', async () => {
    const { id } = await world.paid();
    await lease();
    expect((await refund(id, { amountNanoUsd: twenty.toString() })).status).toBe(400);
    const unpaid = await world.topUp();
    expect((await refund(unpaid.answer.body.id)).status).toBe(409);
    expect((await refund(randomUUID())).status).toBe(404);
  });

  it('that the provider refuses is back in the balance, with a review', async () => {
    const { id } = await world.paid();
    world.fake.refusesRefunds = true;
    expect((await refund(id)).body.status).toBe('failed');
    expect(await world.available()).toBe(twenty);
    expect(await world.reviews()).toEqual(['refund_failed']);
    expect((await world.ask('GET', `/v1/billing/top-ups/${id}`, world.owner)).body.refundedNanoUsd).toBe('0');
  });

  it('that fails after it had succeeded is back in the balance, with a review', async () => {
    const { id, paymentIntent } = await world.paid();
    await refund(id);
    const [made] = [...world.fake.state.refunds.values()];
    const failed = world.fake.changeRefund({ id: made?.id ?? '', paymentIntent, amount: 500, status: 'failed' });

    expect(await world.deliver(failed)).toEqual(['handled']);
    expect(await world.available()).toBe(twenty);
    expect(await world.reviews()).toEqual(['refund_failed']);
    expect(await world.isConsistent()).toBe(true);
  });

  it('without an answer is not asked for after the provider has forgotten it, but reviewed', async () => {
    const { id } = await world.paid();
    const stripe = world.context.paymentProviders.get('stripe');
    if (stripe === undefined) throw new Error('no provider');
    const lost = async (order: Parameters<typeof stripe.refund>[0]) => {
      await stripe.refund(order);
      throw new Error('the answer was lost');
    };
    const paymentProviders = new Map([['stripe', { ...stripe, refund: lost }]]);
    const request = { amountNanoUsd: five.toString(), reasonKey: 'ticket-1', description: 'Asked for' };
    const actor = { userId: world.operator.userId, keyId: null, requestId: undefined };
    await requestRefund({ ...world.context, paymentProviders }, id, request, actor);
    const calls = () => world.fake.calls.filter((call) => call === 'POST /v1/refunds').length;
    world.clock.advance(25 * 3_600_000);
    await tendPayments(world.context);
    await tendPayments(world.context);
    expect((await refund(id)).body).toMatchObject({ status: 'requested' });

    expect([calls(), await world.reviews()]).toEqual([1, ['refund_unanswered']]);
    const [made] = [...world.fake.state.refunds.values()];
    await world.deliver(world.fake.state.toEvent('refund.updated', made ?? {}));
    expect((await refund(id)).body).toMatchObject({ status: 'succeeded' });
    expect(await world.available()).toBe(twenty - five);
  });

  it('that a person made at the provider is taken from the balance, and the rest is owed', async () => {
    const { paymentIntent } = await world.paid();
    await lease();
    const left = await world.available();
    const made = world.fake.changeRefund({ paymentIntent, amount: 2000, status: 'succeeded' });

    expect(await world.deliver(made)).toEqual(['handled']);
    expect(await world.available()).toBe(0n);
    expect(await world.receivable()).toBe(left - twenty);
    expect(await world.reviews()).toEqual(['refund_at_provider']);
    const beyond = world.fake.changeRefund({ paymentIntent, amount: 1, status: 'succeeded' });
    expect(await world.deliver(beyond)).toEqual(['quarantined']);
    expect(await world.isConsistent()).toBe(true);
  });

  it('that is reported before its payment waits for it', async () => {
    const { sessionId } = await world.topUp();
    const events = world.fake.pay(sessionId);
    const paymentIntent = world.fake.state.sessions.get(sessionId)?.payment_intent ?? '';
    const made = world.fake.changeRefund({ paymentIntent, amount: 500, status: 'succeeded' });

    expect(await world.deliver(made)).toEqual(['waiting']);
    expect(await world.available()).toBe(0n);
    await world.deliver(...events);
    expect(await world.available()).toBe(twenty - five);
  });
});

describe('an event that waits', () => {
  it('is not delayed by hundreds that wait for ever', async () => {
    const { paymentIntent } = await world.paid();
    const wait = (eventId: string, paymentReference: string, receivedAt: Date) => {
      const body = {
        ...{ kind: 'refund_changed', eventId, occurredAt: receivedAt.toISOString(), paymentId: null, paymentReference },
        ...{ refundReference: eventId, refundId: null, money: { minorUnits: '500', currency: 'USD' } },
        ...{ status: 'succeeded', failureCode: null },
      };
      const row = { provider: 'stripe', eventId, bodyHash: Buffer.alloc(32), body, state: 'waiting', paymentReference };
      return { ...row, receivedAt };
    };
    const old = Array.from({ length: 250 }, (_, at) => wait(`old-${at}`, `unknown-${at}`, new Date(at)));
    await world.context.database.paymentEvent.createMany({ data: [...old, wait('new', paymentIntent, new Date())] });
    for (let turn = 0; turn < 60 && (await world.available()) === twenty; turn += 1) await tendPayments(world.context);
    expect(await world.available()).toBe(twenty - five);
  });
});

describe('a dispute', () => {
  it('becomes a debt and no negative balance, and nothing is leased or held meanwhile', async () => {
    const { paymentIntent } = await world.paid();
    const { opened, close } = world.fake.dispute(paymentIntent);

    expect(await world.deliver(opened)).toEqual(['handled']);
    expect([await world.available(), await world.receivable()]).toEqual([twenty, -twenty]);
    expect((await lease()).body).toMatchObject({ result: 'insufficient' });
    const hold = { orgId: world.owner.orgId, requestId: randomUUID(), holdNanoUsd: '1000', ttlMs: 60_000 };
    expect((await world.askAsPeer('POST', '/internal/holds', 'proxy', hold)).body.result).toBe('insufficient');
    expect(await world.reviews()).toEqual(['dispute_opened']);

    expect(await world.deliver(close(true))).toEqual(['handled']);
    expect([await world.available(), await world.receivable()]).toEqual([twenty, 0n]);
    expect((await lease()).body.result).toBe('granted');
    expect(await world.isConsistent()).toBe(true);
  });

  it('that is lost is paid out of the balance, and the rest out of the next top-up', async () => {
    const { paymentIntent } = await world.paid();
    await lease();
    const left = await world.available();
    const { opened, close } = world.fake.dispute(paymentIntent);
    await world.deliver(opened, close(false));

    expect([await world.available(), await world.receivable()]).toEqual([0n, left - twenty]);
    await world.paid();
    expect([await world.available(), await world.receivable()]).toEqual([left, 0n]);
    expect((await lease()).body.result).toBe('granted');
    expect(await world.isConsistent()).toBe(true);
  });

  it('is handled in any order of its events, also before the payment', async () => {
    const { sessionId } = await world.topUp();
    const events = world.fake.pay(sessionId);
    const paymentIntent = world.fake.state.sessions.get(sessionId)?.payment_intent ?? '';
    const { opened, close } = world.fake.dispute(paymentIntent);

    expect(await world.deliver(close(false), opened)).toEqual(['waiting', 'waiting']);
    await world.deliver(...events);
    await tendPayments(world.context);
    expect([await world.available(), await world.receivable()]).toEqual([0n, 0n]);
    expect(await world.isConsistent()).toBe(true);
  });

  it('of more than the payment, or in another currency, moves nothing', async () => {
    const { paymentIntent } = await world.paid();
    const beyond = world.fake.dispute(paymentIntent, 2001).opened;
    const foreign = world.fake.dispute(paymentIntent).opened;
    Object.assign(foreign.data.object, { currency: 'eur' });
    expect(await world.deliver(beyond, foreign)).toEqual(['quarantined', 'quarantined']);
    expect(await world.receivable()).toBe(0n);
  });
});

describe('what proves a payment (I6)', () => {
  it('cannot be removed or rewritten', async () => {
    const { id, paymentIntent } = await world.paid();
    await refund(id);
    await world.deliver(world.fake.dispute(paymentIntent, 100).opened);
    const changes = {
      payment: 'amount = 1',
      payment_event: "body = '{}'",
      payment_refund: 'amount = 1',
      payment_dispute: 'amount = 1',
      payment_review: "reason = 'x'",
    };
    for (const [table, change] of Object.entries(changes)) {
      for (const statement of [`UPDATE ${table} SET ${change}`, `DELETE FROM ${table}`, `TRUNCATE ${table} CASCADE`]) {
        await expect(world.context.database.$executeRawUnsafe(statement)).rejects.toThrow(/append-only/);
      }
    }
  });
});
