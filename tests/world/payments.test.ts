import { type BalanceAnswer, type TopUp, topUp } from '@aggregator/contracts';
import {
  createFakeStripe,
  type FakeProviderServer,
  signStripeEvent,
  startFakeProvider,
} from '@aggregator/fake-providers';
import { waitFor } from '@aggregator/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startWorld, type World } from './start-world.ts';
import { Callers, type Tenant } from './tenant-actors.ts';

const secret = 'whsec_secret_of_tests';
const twenty = '20000000000';

describe('a new customer who pays through the gateway', () => {
  const fake = createFakeStripe();
  let stripe: FakeProviderServer;
  let world: World;
  let callers: Callers;
  let owner: Tenant;
  beforeAll(async () => {
    stripe = await startFakeProvider(fake.listener);
    const settings = {
      ...{ STRIPE_SECRET_KEY: 'sk_test_12345678', STRIPE_WEBHOOK_SECRETS: secret, STRIPE_API_URL: stripe.url },
      SIGN_UP_CREDIT_NANO_USD: '0',
    };
    // At its own pace the automatic top-up takes 10 s, in which the balance is read more often than an owner may.
    world = await startWorld(settings, { pace: 20 });
    callers = new Callers(world.baseUrl);
    owner = await callers.signUp('payer');
  });
  afterAll(async () => {
    await world.destroy();
    await stripe.close();
  });

  const ask = async (method: string, path: string, body?: unknown, as = owner.token) =>
    await callers.as(as).request(method, `/v1/billing${path}`, body);
  const balance = async () => BigInt(((await ask('GET', '/balance')).json as BalanceAnswer).balanceNanoUsd);
  const post = (body: string, headers: Record<string, string>) =>
    fetch(`${world.baseUrl}/v1/billing/webhooks/stripe`, { method: 'POST', body, headers });

  it('pays on the page, is credited by signed events alone, spends, is topped up, and gets money back', async () => {
    const made = await ask('POST', '/top-ups', {
      amountNanoUsd: twenty,
      idempotencyKey: 'first-top-up',
      saveMethod: true,
    });
    const first: TopUp = topUp.parse(made.json);
    const events = fake.pay(String(first.checkoutUrl).split('/').at(-1) ?? '');
    const forged = signStripeEvent(events[0] ?? {}, ['whsec_of_somebody'], new Date());
    expect((await post(forged.body, forged.headers)).status).toBe(401);
    expect(await balance()).toBe(0n);
    for (const event of [...events, ...events]) {
      const { body, headers } = signStripeEvent(event, [secret], new Date());
      expect((await post(body, headers)).status).toBe(200);
    }
    expect(await balance()).toBe(BigInt(twenty));

    const { key } = await callers.createKey(owner.token);
    const chat = { model: 'mock-small', messages: [{ role: 'user', content: 'Hello' }] };
    expect((await callers.as(key).request('POST', '/v1/chat/completions', chat)).status).toBe(200);
    await waitFor(async () => (await balance()) < BigInt(twenty), { describe: 'the charge' });
    const limits = { amountNanoUsd: '10000000000', dayMaxNanoUsd: '10000000000', monthMaxNanoUsd: '10000000000' };
    await ask('PUT', '/automatic-top-up', { ...limits, thresholdNanoUsd: twenty });
    await waitFor(async () => (await balance()) > BigInt(twenty), { describe: 'the automatic top-up' });

    const operator = (await callers.logIn(world.adminEmail, world.adminPassword)).accessToken;
    const refund = { amountNanoUsd: '5000000000', reasonKey: 'ticket-1', description: 'Asked for' };
    const before = await balance();
    expect((await ask('POST', `/top-ups/${first.id}/refunds`, refund, operator)).status).toBe(201);
    expect(await balance()).toBe(before - 5_000_000_000n);
  });
});
