import {
  createFakeStripe,
  type FakeProviderServer,
  signStripeEvent,
  startFakeProvider,
} from '@aggregator/fake-providers';
import { afterAll, beforeAll } from '@jest/globals';
import { describePaymentProvider } from '../conformance.ts';
import { createStripeProvider } from './stripe-provider.ts';

const now = new Date('2026-11-30T12:00:00Z');
const secret = 'whsec_secret_of_tests';
const fake = createFakeStripe(() => now);
let server: FakeProviderServer;
beforeAll(async () => {
  server = await startFakeProvider(fake.listener);
});
afterAll(() => server.close());

describePaymentProvider('Stripe', () => ({
  provider: createStripeProvider({ secretKey: 'sk_test_12345678', webhookSecrets: [secret], apiUrl: server.url }),
  now: () => now,
  pay: (reference) => fake.pay(reference).map((event) => signStripeEvent(event, [secret], now)),
  forge: ({ body, headers }) => [
    { body, headers: {} },
    { body: body.replace(/\d(?=,"amount_)/, '9').concat(' '), headers },
    signStripeEvent(body, ['whsec_of_somebody'], now),
    signStripeEvent(body, [secret], new Date(now.getTime() - 301_000)),
  ],
  malformed: () => ['', '[]', '{}', 'null', '{"id":1}'].map((body) => signStripeEvent(body, [secret], now)),
  setNextCharge(result) {
    fake.nextCharge = result;
  },
  refuseRefunds(isRefusing) {
    fake.refusesRefunds = isRefusing;
  },
  countMoved: () =>
    [...fake.state.intents.values()].filter(({ status }) => status === 'succeeded').length + fake.state.refunds.size,
}));
