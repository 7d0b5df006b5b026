import { describe, expect, it } from '@jest/globals';
import { PaymentRefused } from '../port.ts';
import { createStripeProvider } from './stripe-provider.ts';

/** stripe-mock checks every request against Stripe's own description of its API, and answers with sample objects. */
const apiUrl = process.env.STRIPE_MOCK_URL ?? '';
const money = { minorUnits: '1500', currency: 'USD' };

describe('calls of Stripe, by its own description', () => {
  const stripe = createStripeProvider({ secretKey: 'sk_test_12345678', webhookSecrets: ['whsec_12345678'], apiUrl });

  it('have a form that Stripe takes', async () => {
    expect(await stripe.createCustomer('org-1')).toMatch(/^cus_/);
    const checkout = await stripe.openCheckout({
      ...{ paymentId: 'p-1', customerReference: 'cus_1', money, description: 'Top-up', savesMethod: true },
      ...{ doneUrl: 'https://x.example/done', cancelUrl: 'https://x.example/cancelled' },
      expiresAt: new Date(Date.now() + 3_600_000),
    });
    expect(checkout).toMatchObject({ reference: expect.stringMatching(/^cs_/), url: expect.any(String) });
    const order = { customerReference: 'cus_1', methodReference: 'pm_1', description: 'Top-up', money };
    expect(await stripe.chargeSaved({ ...order, paymentId: 'p-2' })).toHaveProperty('paymentReference');
    const refund = await stripe.refund({ refundId: 'r-1', paymentReference: 'pi_1', money });
    expect(refund).toEqual({ refundReference: expect.stringMatching(/^re_/), status: 'succeeded' });
    await stripe.removeMethod('pm_1');
  });

  it('are refused with a field that Stripe does not know', async () => {
    const bad = stripe.refund({ refundId: 'r-2', paymentReference: 'pi_1', money: { ...money, minorUnits: '1.5' } });
    await expect(bad).rejects.toThrow(PaymentRefused);
  });
});
