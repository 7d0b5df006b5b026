import { randomUUID } from 'node:crypto';
import {
  createFakeStripe,
  type FakeStripe,
  type FakeStripeEvent,
  signStripeEvent,
  startFakeProvider,
} from '@aggregator/fake-providers';
import type { BillingOverrides } from '../index.ts';
import { readAccounts } from '../ledger/accounts.ts';
import { checkLedger } from '../ledger/check-ledger.ts';
import { type Answer, type RunningBilling, startBilling } from './start-billing.ts';

export const webhookSecret = 'whsec_secret_of_tests';
/** $20, in nano-USD. */
export const twenty = 20_000_000_000n;

export interface PaymentWorld extends RunningBilling {
  fake: FakeStripe;
  clock: { now: Date; advance(ms: number): void };
  /** An organisation's owner and the operator. */
  owner: { orgId: string; scopes: ('billing:read' | 'billing:pay')[] };
  operator: { orgId: string; userId: string; scopes: ('billing:read' | 'billing:manage')[] };
  /** A new top-up of the owner, with the id of its page at the fake. */
  topUp(fields?: Record<string, unknown>): Promise<{ answer: Answer; sessionId: string }>;
  /** A top-up that was paid and reported; with the id of its payment at the fake. */
  paid(fields?: Record<string, unknown>): Promise<{ id: string; paymentIntent: string }>;
  /** Posts signed events to the webhook, one after the other; returns their results. */
  deliver(...events: FakeStripeEvent[]): Promise<unknown[]>;
  post(body: string, headers: Record<string, string>): Promise<Answer>;
  available(): Promise<bigint>;
  receivable(): Promise<bigint>;
  reviews(): Promise<string[]>;
  isConsistent(): Promise<boolean>;
}

/** Billing with a fake of Stripe and a clock that stands. */
export async function startPayments(
  environment: Record<string, string> = {},
  overrides: Partial<BillingOverrides> = {},
): Promise<PaymentWorld> {
  const clock = {
    now: new Date(),
    advance(ms: number) {
      clock.now = new Date(clock.now.getTime() + ms);
    },
  };
  const fake = createFakeStripe(() => clock.now);
  const server = await startFakeProvider(fake.listener);
  const settings = {
    ...{ STRIPE_SECRET_KEY: 'sk_test_12345678', STRIPE_WEBHOOK_SECRETS: webhookSecret, STRIPE_API_URL: server.url },
    ...environment,
  };
  const billing = await startBilling(settings, { clock: () => clock.now, ...overrides });
  const { database } = billing.context;
  const owner = { orgId: randomUUID(), scopes: ['billing:read', 'billing:pay'] } satisfies PaymentWorld['owner'];
  const operator = {
    ...{ orgId: randomUUID(), userId: randomUUID() },
    scopes: ['billing:read', 'billing:manage'],
  } satisfies PaymentWorld['operator'];

  const world: PaymentWorld = {
    ...billing,
    ...{ fake, clock, owner, operator },
    async topUp(fields = {}) {
      clock.advance(1);
      const body = { amountNanoUsd: twenty.toString(), idempotencyKey: randomUUID(), ...fields };
      const answer = await billing.ask('POST', '/v1/billing/top-ups', owner, body);
      return { answer, sessionId: String(answer.body.checkoutUrl).split('/').at(-1) ?? '' };
    },
    async paid(fields) {
      const { answer, sessionId } = await world.topUp(fields);
      await world.deliver(...fake.pay(sessionId));
      return { id: answer.body.id, paymentIntent: fake.state.sessions.get(sessionId)?.payment_intent ?? '' };
    },
    async deliver(...events) {
      const results: unknown[] = [];
      for (const event of events) {
        const { body, headers } = signStripeEvent(event, [webhookSecret], clock.now);
        const answer = await world.post(body, headers);
        results.push(answer.status === 200 ? answer.body.result : answer.status);
      }
      return results;
    },
    post: (body, headers) => billing.askAsPeer('POST', '/v1/billing/webhooks/stripe', 'api-gateway', body, headers),
    available: async () => (await readAccounts(database, owner.orgId))?.available ?? 0n,
    receivable: async () => (await readAccounts(database, owner.orgId))?.receivable ?? 0n,
    async reviews() {
      const rows = await database.paymentReview.findMany({ orderBy: { id: 'asc' } });
      return rows.map(({ reason }) => reason);
    },
    isConsistent: async () => (await checkLedger(database)).isConsistent,
    async stop() {
      await billing.stop();
      await server.close();
    },
  };
  return world;
}
