import {
  createFakeStripe,
  type FakeProviderServer,
  signStripeEvent,
  startFakeProvider,
} from '@aggregator/fake-providers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EventFormError, PaymentRefused, SignatureError } from '../port.ts';
import { createStripeProvider } from './stripe-provider.ts';

const now = new Date('2026-11-30T12:00:00Z');
const secret = 'whsec_first_secret';
const older = 'whsec_older_secret';
const fake = createFakeStripe(() => now);
let server: FakeProviderServer;
const connect = () =>
  createStripeProvider({ secretKey: 'sk_test_12345678', webhookSecrets: [secret, older], apiUrl: server.url });
beforeAll(async () => {
  server = await startFakeProvider(fake.listener);
});
afterAll(() => server.close());

const event = fake.state.toEvent('payment_intent.succeeded', {
  ...{ id: 'pi_1', amount: 500, amount_received: 500, currency: 'usd', payment_method: 'pm_1' },
  metadata: { aggregator_payment: 'p-1' },
});

describe('a webhook of Stripe', () => {
  const read = (
    signed: { body: string | Uint8Array; headers: Record<string, string | string[] | undefined> },
    at = now,
  ) => connect().readEvents(Buffer.from(signed.body), signed.headers, at);
  const later = (seconds: number) => new Date(now.getTime() + seconds * 1000);

  it('is read if any of the secrets signed it, so that a secret is replaced without a gap', async () => {
    const expected = { kind: 'payment_succeeded', paymentId: 'p-1', paymentReference: 'pi_1', methodReference: 'pm_1' };
    for (const secrets of [[secret], [older], ['whsec_foreign_one', secret]]) {
      expect(await read(signStripeEvent(event, secrets, now))).toMatchObject([expected]);
    }
    expect(await read(signStripeEvent(event, [secret], now))).toMatchObject([
      { money: { minorUnits: '500', currency: 'USD' } },
    ]);
  });

  it('is refused without a signature, with a wrong one, and with one of another body', async () => {
    const { body, headers } = signStripeEvent(event, [secret], now);
    const header = headers['stripe-signature'] ?? '';
    const bad: Record<string, string | string[] | undefined>[] = [
      {},
      { 'stripe-signature': '' },
      { 'stripe-signature': [header, header] },
      { 'stripe-signature': header.replace('v1=', 'v0=') },
      { 'stripe-signature': header.replace(/v1=.*/, 'v1=') },
      { 'stripe-signature': header.replace(/v1=.*/, `v1=${'0'.repeat(64)}`) },
      { 'stripe-signature': header.replace(/t=\d+/, 't=') },
      { 'stripe-signature': `${'x'.repeat(5000)},${header}` },
      signStripeEvent(event, ['whsec_foreign_one'], now).headers,
    ];
    for (const wrong of bad) await expect(read({ body, headers: wrong })).rejects.toThrow(SignatureError);
    await expect(read({ body: `${body} `, headers })).rejects.toThrow(SignatureError);
    await expect(read({ body: body.replace('500', '900'), headers })).rejects.toThrow(SignatureError);
  });

  it.each([
    [-301, false],
    [-300, true],
    [300, true],
    [301, false],
  ])('that was signed %s s from now is taken: %s', async (seconds, isTaken) => {
    const signed = signStripeEvent(event, [secret], now);
    const result = await read(signed, later(seconds)).catch((error: unknown) => error);
    expect(result).toEqual(isTaken ? [expect.objectContaining({ eventId: event.id })] : expect.any(SignatureError));
  });

  it('moves nothing if it is of the other mode, or of a type that is not known', async () => {
    for (const other of [
      { ...event, livemode: true },
      { ...event, type: 'invoice.paid' },
    ]) {
      expect(await read(signStripeEvent(other, [secret], now))).toMatchObject([{ kind: 'other' }]);
    }
  });

  it('is refused with a body that is no event', async () => {
    for (const body of [
      '',
      '[]',
      '{}',
      'null',
      '{"id":1}',
      '\u0000',
      JSON.stringify({ ...event, data: { object: {} } }),
    ]) {
      await expect(read(signStripeEvent(body, [secret], now))).rejects.toThrow(EventFormError);
    }
  });
});

describe('calls of Stripe', () => {
  const money = { minorUnits: '1500', currency: 'USD' };

  it('open one page for one payment, however often they are made', async () => {
    const stripe = connect();
    const order = {
      ...{ paymentId: 'p-2', customerReference: 'cus_1', money, description: 'Top-up', savesMethod: true },
      ...{
        doneUrl: 'https://x.example/done',
        cancelUrl: 'https://x.example/no',
        expiresAt: new Date(now.getTime() + 3.6e6),
      },
    };
    const [first, second] = [await stripe.openCheckout(order), await stripe.openCheckout(order)];

    expect(second).toEqual(first);
    expect([...fake.state.sessions.values()]).toMatchObject([
      { amount_total: 1500, currency: 'usd', customer: 'cus_1' },
    ]);
    const kinds = fake.pay(first.reference).map((paid) => {
      const { body, headers } = signStripeEvent(paid, [secret], now);
      return stripe.readEvents(Buffer.from(body), headers, now);
    });
    expect((await Promise.all(kinds)).flat()).toMatchObject([
      { kind: 'payment_succeeded', paymentId: 'p-2', money },
      { kind: 'payment_succeeded', paymentId: 'p-2', money },
      { kind: 'method_saved', customerReference: 'cus_1', card: { lastDigits: '4242', expiryYear: 2031 } },
    ]);
  });

  it('separate a decline, which is final, from a lost answer, which is asked for again', async () => {
    const stripe = connect();
    const order = { customerReference: 'cus_1', methodReference: 'pm_1', money, description: 'Top-up' };

    fake.nextCharge = 'decline';
    const declined = await stripe.chargeSaved({ ...order, paymentId: 'p-3' });
    expect(declined).toMatchObject({ status: 'declined', code: 'insufficient_funds' });
    fake.nextCharge = 'lose';
    const lost = await stripe.chargeSaved({ ...order, paymentId: 'p-4' });
    expect(lost).toMatchObject({ status: 'succeeded' });
    const ofPayment = [...fake.state.intents.values()].filter(({ metadata }) => metadata.aggregator_payment === 'p-4');
    expect(ofPayment).toHaveLength(1);
  });

  it('reject a refund that Stripe refuses, with its code and none of its text', async () => {
    fake.refusesRefunds = true;
    const refund = connect().refund({ refundId: 'r-1', paymentReference: 'pi_x', money });
    await expect(refund).rejects.toThrow(PaymentRefused);
    await expect(refund).rejects.toMatchObject({ code: 'charge_already_refunded' });
  });
});
