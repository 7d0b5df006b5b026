import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { EventFormError, type PaymentEvent, type PaymentProvider, PaymentRefused, SignatureError } from './port.ts';

export interface Delivery {
  body: string;
  headers: Record<string, string>;
}

/** A payment provider and its fake, which plays customers, banks and forgers. */
export interface PaymentHarness {
  provider: PaymentProvider;
  now(): Date;
  /** The customer pays the page; what the provider then posts, in its order. */
  pay(reference: string): Delivery[];
  /** Deliveries that must be rejected, made of a true one. */
  forge(delivery: Delivery): Delivery[];
  /** Deliveries of the provider that are no events. */
  malformed(): Delivery[];
  /** Sets the result of the next charge of a saved method. */
  setNextCharge(result: 'succeed' | 'decline' | 'process' | 'lose'): void;
  refuseRefunds(isRefusing: boolean): void;
  /** Payments and refunds that have moved money. */
  countMoved(): number;
}

/** States what billing relies on, for each company behind the port. */
export function describePaymentProvider(name: string, open: () => PaymentHarness): void {
  describe(`the payment provider ${name}`, () => {
    let harness: PaymentHarness;
    let provider: PaymentProvider;
    beforeEach(() => {
      harness = open();
      provider = harness.provider;
      harness.setNextCharge('succeed');
      harness.refuseRefunds(false);
    });

    const money = () => ({ minorUnits: '150005', currency: provider.currency });
    const read = async (deliveries: readonly Delivery[]): Promise<PaymentEvent[]> => {
      const read = deliveries.map(({ body, headers }) =>
        provider.readEvents(Buffer.from(body), headers, harness.now()),
      );
      return (await Promise.all(read)).flat();
    };
    const order = async (savesMethod = true) => ({
      ...{ paymentId: randomUUID(), customerReference: await provider.createCustomer('org-1'), money: money() },
      ...{ description: 'Top-up', savesMethod, doneUrl: 'https://x.example/done', cancelUrl: 'https://x.example/no' },
      expiresAt: new Date(harness.now().getTime() + 3_600_000),
    });
    const charge = { customerReference: 'c', methodReference: 'm', description: 'Top-up' };

    it('opens one page for one payment, however often it is asked', async () => {
      const wanted = await order();
      const [first, second] = [await provider.openCheckout(wanted), await provider.openCheckout(wanted)];
      expect(second).toEqual(first);
      expect(first.url).toMatch(/^https:/);
      expect((await provider.openCheckout(await order())).reference).not.toBe(first.reference);
    });

    it('reports a paid page with our id and the exact amount, and the saved method of the customer', async () => {
      const wanted = await order();
      const { reference } = await provider.openCheckout(wanted);
      const events = await read(harness.pay(reference));
      const paid = events.filter((event) => event.kind === 'payment_succeeded');
      expect(paid[0]).toMatchObject({ paymentId: wanted.paymentId, money: money() });
      expect(new Set(paid.map(({ paymentReference }) => paymentReference)).size).toBe(1);
      const [saved] = events.filter((event) => event.kind === 'method_saved');
      expect(saved).toMatchObject({
        customerReference: wanted.customerReference,
        card: { expiryMonth: 12, expiryYear: 2031 },
      });
      // A card number stands alone; the digits of an id have letters of the id around them.
      expect(JSON.stringify(events)).not.toMatch(/(?<![\w-])\d{12,19}(?![\w-])/);
    });

    it('saves no method that was not asked for', async () => {
      const { reference } = await provider.openCheckout(await order(false));
      expect((await read(harness.pay(reference))).map(({ kind }) => kind)).not.toContain('method_saved');
    });

    it('gives an event the same id and content each time, and other events other ids', async () => {
      const { reference } = await provider.openCheckout(await order());
      const deliveries = harness.pay(reference);
      const [once, again] = [await read(deliveries), await read(deliveries)];
      expect(again).toEqual(once);
      expect(new Set(once.map(({ eventId }) => eventId)).size).toBe(once.length);
    });

    it('rejects what the provider did not send', async () => {
      const [delivery] = harness.pay((await provider.openCheckout(await order())).reference);
      if (delivery === undefined) throw new Error('nothing was delivered');
      const forged = harness.forge(delivery);
      expect(forged.length).toBeGreaterThan(2);
      for (const one of forged) await expect(read([one])).rejects.toThrow(SignatureError);
    });

    it('rejects a body that is no event', async () => {
      for (const one of harness.malformed()) await expect(read([one])).rejects.toThrow(EventFormError);
    });

    it('charges a saved method once for one id, also if the answer is lost', async () => {
      const wanted = { ...charge, paymentId: randomUUID(), money: money() };
      const before = harness.countMoved();
      harness.setNextCharge('lose');
      const first = await provider.chargeSaved(wanted).catch(() => null);
      const second = await provider.chargeSaved(wanted);
      expect(second).toMatchObject({ status: 'succeeded' });
      if (first !== null) expect(second).toEqual(first);
      expect(harness.countMoved()).toBe(before + 1);
    });

    it('separates a decline from a charge that is under way', async () => {
      harness.setNextCharge('decline');
      const declined = await provider.chargeSaved({ ...charge, paymentId: randomUUID(), money: money() });
      expect(declined).toMatchObject({ status: 'declined', code: expect.stringMatching(/^[a-z_]+$/) });
      harness.setNextCharge('process');
      const slow = await provider.chargeSaved({ ...charge, paymentId: randomUUID(), money: money() });
      expect(slow).toMatchObject({ status: 'processing' });
    });

    it('reports a paid page and a charge by a call, as often as it is asked, with our id and the exact amount', async () => {
      const wanted = await order();
      const { reference, paymentReference } = await provider.openCheckout(wanted);
      const references = { paymentReference, checkoutReference: reference };
      expect(await provider.readPayment(references)).toEqual([]);
      harness.pay(reference);
      const events = await provider.readPayment(references);
      expect(events[0]).toMatchObject({ kind: 'payment_succeeded', paymentId: wanted.paymentId, money: money() });
      expect(await provider.readPayment(references)).toEqual(events);

      const paymentId = randomUUID();
      const charged = await provider.chargeSaved({ ...charge, paymentId, money: money() });
      const of = { paymentReference: charged.paymentReference, checkoutReference: null };
      expect((await provider.readPayment(of))[0]).toMatchObject({
        kind: 'payment_succeeded',
        paymentId,
        money: money(),
      });
    });

    it('reports nothing of a charge that is under way, and of a payment that it does not know', async () => {
      harness.setNextCharge('process');
      const slow = await provider.chargeSaved({ ...charge, paymentId: randomUUID(), money: money() });
      const of = (paymentReference: string | null) => ({ paymentReference, checkoutReference: null });
      expect(await provider.readPayment(of(slow.paymentReference))).toEqual([]);
      expect(await provider.readPayment(of('unknown'))).toEqual([]);
    });

    it('refunds once for one id, and says by a code that a refund is refused', async () => {
      const { reference } = await provider.openCheckout(await order());
      const [paid] = (await read(harness.pay(reference))).filter((event) => event.kind === 'payment_succeeded');
      const refund = {
        ...{ refundId: randomUUID(), paymentReference: paid?.paymentReference ?? '' },
        money: { minorUnits: '5', currency: provider.currency },
      };
      const before = harness.countMoved();
      const [first, second] = [await provider.refund(refund), await provider.refund(refund)];
      expect(second).toEqual(first);
      expect(['pending', 'succeeded']).toContain(first.status);
      expect(harness.countMoved()).toBe(before + 1);
      harness.refuseRefunds(true);
      const refused = provider.refund({ ...refund, refundId: randomUUID() });
      await expect(refused).rejects.toThrow(PaymentRefused);
      await expect(refused).rejects.toMatchObject({ code: expect.stringMatching(/^[a-z_]+$/) });
    });

    it('forgets a method that it does not know', async () => {
      await provider.removeMethod('unknown_method');
    });
  });
}
