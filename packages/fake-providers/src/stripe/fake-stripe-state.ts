import { randomBytes } from 'node:crypto';
import type { FakeStripeEvent } from './fake-stripe-events.ts';

export type Fields = Record<string, string>;

export interface FakeIntent {
  [field: string]: unknown;
  id: string;
  object: 'payment_intent';
  amount: number;
  amount_received: number;
  currency: string;
  customer: string | null;
  payment_method: string | null;
  metadata: Record<string, string>;
  status: string;
  last_payment_error: { code: string; decline_code: string } | null;
}

export interface FakeSession {
  [field: string]: unknown;
  id: string;
  object: 'checkout.session';
  amount_total: number;
  currency: string;
  customer: string | null;
  client_reference_id: string | null;
  metadata: Record<string, string>;
  payment_intent: string | null;
  payment_status: 'paid' | 'unpaid';
  status: 'open' | 'complete' | 'expired';
  url: string;
  expires_at: number;
}

export interface FakeRefund {
  [field: string]: unknown;
  id: string;
  object: 'refund';
  amount: number;
  currency: string;
  payment_intent: string;
  metadata: Record<string, string>;
  status: string;
}

export const card = { brand: 'visa', last4: '4242', exp_month: 12, exp_year: 2031 };
const lifeSeconds = 86_400;

export const makeId = (prefix: string) => `${prefix}_${randomBytes(12).toString('hex')}`;

/** The metadata of a form: `metadata[name]`, or one level deeper under `prefix`. */
export function readMetadata(fields: Fields, prefix = 'metadata'): Record<string, string> {
  const start = `${prefix}[`;
  const named = Object.entries(fields).filter(([name]) => name.startsWith(start));
  return Object.fromEntries(named.map(([name, value]) => [name.slice(start.length, -1), value]));
}

/** State of the fake. Money is in cents, as Stripe counts it. */
export class FakeStripeState {
  readonly sessions = new Map<string, FakeSession>();
  readonly intents = new Map<string, FakeIntent>();
  readonly refunds = new Map<string, FakeRefund>();
  /** Orders of a page for the payment when it is paid: the fields of its form. */
  readonly orders = new Map<string, Fields>();
  readonly #now: () => Date;

  constructor(now: () => Date) {
    this.#now = now;
  }

  toEvent(type: string, object: object): FakeStripeEvent {
    return {
      ...{ id: makeId('evt'), object: 'event', api_version: '2026-10-28.endive', livemode: false, pending_webhooks: 1 },
      ...{ created: Math.floor(this.#now().getTime() / 1000), type, data: { object: structuredClone({ ...object }) } },
    };
  }

  #seconds = () => Math.floor(this.#now().getTime() / 1000);

  openSession(fields: Fields): FakeSession {
    const id = makeId('cs_test');
    const session: FakeSession = {
      ...{
        id,
        object: 'checkout.session',
        created: this.#seconds(),
        status: 'open',
        payment_status: 'unpaid',
        payment_intent: null,
      },
      amount_total:
        Number(fields['line_items[0][price_data][unit_amount]']) * Number(fields['line_items[0][quantity]']),
      currency: fields['line_items[0][price_data][currency]'] ?? '',
      customer: fields.customer ?? null,
      client_reference_id: fields.client_reference_id ?? null,
      metadata: readMetadata(fields),
      url: `https://checkout.stripe.example/c/pay/${id}`,
      expires_at: Number(fields.expires_at ?? Math.floor(this.#now().getTime() / 1000) + lifeSeconds),
    };
    this.sessions.set(id, session);
    this.orders.set(id, fields);
    return session;
  }

  makeIntent(facts: Pick<FakeIntent, 'amount' | 'currency' | 'customer' | 'metadata'>, method: string): FakeIntent {
    const intent: FakeIntent = {
      ...{
        ...facts,
        id: makeId('pi'),
        object: 'payment_intent',
        created: this.#seconds(),
        amount_received: 0,
        status: 'processing',
      },
      ...{ payment_method: method, last_payment_error: null },
    };
    this.intents.set(intent.id, intent);
    return intent;
  }

  finish(intent: FakeIntent): FakeIntent {
    return Object.assign(intent, { status: 'succeeded', amount_received: intent.amount });
  }
}
