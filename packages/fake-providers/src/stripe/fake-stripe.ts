import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { FakeStripeEvent } from './fake-stripe-events.ts';
import { card, FakeStripeState, type Fields, makeId, readMetadata } from './fake-stripe-state.ts';

export interface FakeStripe {
  readonly listener: RequestListener;
  readonly state: FakeStripeState;
  /** Paths that were called, with method. */
  readonly calls: string[];
  /**
   * Result of the next charge of a saved method; back to `succeed` after it. `lose` carries it out and gives no answer.
   */
  nextCharge: 'succeed' | 'decline' | 'process' | 'lose';
  /** True: no call gets an answer. */
  isAway: boolean;
  /** True: refunds are refused. */
  refusesRefunds: boolean;
  /**
   * The customer pays a page. Returns the events, in Stripe's order; one of them saves the card if the page asked for
   * it.
   */
  pay(sessionId: string, options?: { isAsync?: boolean }): FakeStripeEvent[];
  /** The money of a page that was paid with `isAsync` arrives, or does not. */
  settle(sessionId: string, hasArrived: boolean): FakeStripeEvent[];
  expire(sessionId: string): FakeStripeEvent;
  /** The customer's bank takes a payment back. */
  dispute(paymentIntent: string, amount?: number): { opened: FakeStripeEvent; close(isWon: boolean): FakeStripeEvent };
  /** A refund changes; one that the fake does not know is one that a person made by hand. */
  changeRefund(refund: { id?: string; paymentIntent: string; amount: number; status: string }): FakeStripeEvent;
}

/** Stripe's API as far as this project calls it: forms in, JSON out, idempotency keys respected. */
export function createFakeStripe(now: () => Date = () => new Date()): FakeStripe {
  const state = new FakeStripeState(now);
  const answers = new Map<string, { fields: string; status: number; body: object }>();
  const calls: string[] = [];
  const fake: FakeStripe = {
    state,
    calls,
    nextCharge: 'succeed',
    isAway: false,
    refusesRefunds: false,
    ...createPageActions(state),
    ...createBankActions(state),
    async listener(request, response) {
      const path = (request.url ?? '').split('?')[0] ?? '';
      const called = `${request.method} ${path}`;
      const text = await readText(request);
      calls.push(called);
      if (fake.isAway) return void request.socket.destroy();
      const key = request.headers['idempotency-key'];
      const name = typeof key === 'string' ? key : null;
      const before = name === null ? undefined : answers.get(name);
      if (before !== undefined) {
        if (before.fields === text) return send(response, before.status, before.body);
        const error = {
          type: 'idempotency_error',
          message: 'Keys for idempotent requests can only be used with the same parameters.',
        };
        return send(response, 400, { error });
      }
      const isLost = called === 'POST /v1/payment_intents' && fake.nextCharge === 'lose';
      const found = routesOf(fake)
        .map(([shape, handle]) => ({ match: shape.exec(called), handle }))
        .find(({ match }) => match);
      const fields = Object.fromEntries(new URLSearchParams(text));
      const { status = 200, body } = found?.handle(fields, found.match?.[1] ?? '') ?? {
        ...{ status: 404, body: { error: { type: 'invalid_request_error', message: `no ${called}` } } },
      };
      if (name !== null) answers.set(name, { fields: text, status, body });
      if (isLost) return void request.socket.destroy();
      send(response, status, body);
    },
  };
  return fake;
}

type Route = [RegExp, (fields: Fields, id: string) => { status?: number; body: object }];

function routesOf(fake: FakeStripe): Route[] {
  return [
    [
      /^POST \/v1\/customers$/,
      (fields) => ({ body: { id: makeId('cus'), object: 'customer', metadata: readMetadata(fields) } }),
    ],
    [/^POST \/v1\/checkout\/sessions$/, (fields) => ({ body: fake.state.openSession(fields) })],
    [/^POST \/v1\/payment_intents$/, (fields) => charge(fake, fields)],
    [/^GET \/v1\/checkout\/sessions\/(\w+)$/, (_fields, id) => found(fake.state.sessions.get(id))],
    [/^GET \/v1\/payment_intents\/(\w+)$/, (_fields, id) => found(fake.state.intents.get(id))],
    [/^POST \/v1\/refunds$/, (fields) => refund(fake, fields)],
    [
      /^POST \/v1\/payment_methods\/(\w+)\/detach$/,
      (_fields, id) => ({ body: { id, object: 'payment_method', customer: null } }),
    ],
  ];
}

const found = (object: object | undefined) =>
  object === undefined
    ? { status: 404, body: { error: { type: 'invalid_request_error', code: 'resource_missing', message: 'unknown' } } }
    : { body: object };

function charge(fake: FakeStripe, fields: Fields) {
  const mode = fake.nextCharge;
  fake.nextCharge = 'succeed';
  const facts = { amount: Number(fields.amount), currency: fields.currency ?? '', customer: fields.customer ?? null };
  const intent = fake.state.makeIntent({ ...facts, metadata: readMetadata(fields) }, fields.payment_method ?? '');
  if (mode === 'process') return { body: intent };
  if (mode !== 'decline') return { body: fake.state.finish(intent) };
  const last_payment_error = { code: 'card_declined', decline_code: 'insufficient_funds' };
  Object.assign(intent, { status: 'requires_payment_method', last_payment_error });
  const error = {
    type: 'card_error',
    ...last_payment_error,
    message: 'Your card was declined.',
    payment_intent: intent,
  };
  return { status: 402, body: { error } };
}

function refund(fake: FakeStripe, fields: Fields) {
  const intent = fake.state.intents.get(fields.payment_intent ?? '');
  const amount = Number(fields.amount);
  if (intent === undefined || fake.refusesRefunds) {
    const error = { type: 'invalid_request_error', code: 'charge_already_refunded', message: 'refused' };
    return { status: 400, body: { error } };
  }
  const { id: payment_intent, currency } = intent;
  const made = { id: makeId('re'), object: 'refund' as const, amount, currency, payment_intent, status: 'succeeded' };
  const row = { ...made, metadata: readMetadata(fields) };
  fake.state.refunds.set(row.id, row);
  return { body: row };
}

/** What a customer does on a page. */
function createPageActions(state: FakeStripeState): Pick<FakeStripe, 'pay' | 'settle' | 'expire'> {
  return {
    pay(sessionId, { isAsync = false } = {}) {
      const session = sessionOf(state, sessionId);
      const order = state.orders.get(sessionId) ?? {};
      const { amount_total: amount, currency, customer } = session;
      const metadata = readMetadata(order, 'payment_intent_data[metadata]');
      const method = makeId('pm');
      const intent = state.makeIntent({ amount, currency, customer, metadata }, method);
      Object.assign(session, { status: 'complete', payment_intent: intent.id });
      const savesMethod = order['payment_intent_data[setup_future_usage]'] === 'off_session';
      const attached = { id: method, object: 'payment_method', type: 'card', customer, card };
      const saved = savesMethod ? [state.toEvent('payment_method.attached', attached)] : [];
      if (isAsync) {
        const processing = state.toEvent('payment_intent.processing', intent);
        return [processing, state.toEvent('checkout.session.completed', session), ...saved];
      }
      state.finish(intent);
      session.payment_status = 'paid';
      return [
        state.toEvent('payment_intent.succeeded', intent),
        state.toEvent('checkout.session.completed', session),
        ...saved,
      ];
    },
    settle(sessionId, hasArrived) {
      const session = sessionOf(state, sessionId);
      const intent = state.intents.get(session.payment_intent ?? '');
      if (intent === undefined) throw new Error('this page was not paid');
      if (hasArrived) {
        state.finish(intent);
        session.payment_status = 'paid';
        return [
          state.toEvent('payment_intent.succeeded', intent),
          state.toEvent('checkout.session.async_payment_succeeded', session),
        ];
      }
      const last_payment_error = { code: 'payment_intent_payment_attempt_failed', decline_code: 'insufficient_funds' };
      Object.assign(intent, { status: 'requires_payment_method', last_payment_error });
      return [
        state.toEvent('payment_intent.payment_failed', intent),
        state.toEvent('checkout.session.async_payment_failed', session),
      ];
    },
    expire(sessionId) {
      return state.toEvent(
        'checkout.session.expired',
        Object.assign(sessionOf(state, sessionId), { status: 'expired' }),
      );
    },
  };
}

/** What a bank or a person at Stripe does. */
function createBankActions(state: FakeStripeState): Pick<FakeStripe, 'dispute' | 'changeRefund'> {
  return {
    dispute(paymentIntent, amount) {
      const intent = state.intents.get(paymentIntent);
      const facts = { id: makeId('dp'), object: 'dispute', payment_intent: paymentIntent, currency: 'usd' };
      const dispute = { ...facts, amount: amount ?? intent?.amount ?? 0, reason: 'fraudulent' };
      return {
        opened: state.toEvent('charge.dispute.created', { ...dispute, status: 'needs_response' }),
        close: (isWon) => state.toEvent('charge.dispute.closed', { ...dispute, status: isWon ? 'won' : 'lost' }),
      };
    },
    changeRefund({ id = makeId('re'), paymentIntent, amount, status }) {
      const known = state.refunds.get(id);
      const facts = { id, object: 'refund' as const, amount, currency: 'usd', payment_intent: paymentIntent };
      const row = { ...facts, metadata: known?.metadata ?? {}, status };
      state.refunds.set(id, row);
      return state.toEvent(known === undefined ? 'refund.created' : 'refund.updated', row);
    },
  };
}

function sessionOf(state: FakeStripeState, id: string) {
  const session = state.sessions.get(id);
  if (session === undefined) throw new Error(`no page ${id}`);
  return session;
}

async function readText(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts).toString();
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json', 'request-id': makeId('req') });
  response.end(JSON.stringify(body));
}
