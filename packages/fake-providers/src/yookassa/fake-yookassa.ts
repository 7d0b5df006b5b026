import { randomUUID } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';

type Json = Record<string, unknown>;

export interface FakeYookassaPayment extends Json {
  id: string;
  status: 'pending' | 'succeeded' | 'canceled';
  amount: { value: string; currency: string };
  metadata: Record<string, string>;
}

export interface FakeYookassa {
  readonly listener: RequestListener;
  readonly payments: Map<string, FakeYookassaPayment>;
  readonly refunds: Map<string, Json>;
  /** Paths that were called, with method. */
  readonly calls: string[];
  /**
   * Result of the next charge of a saved method; back to `succeed` after it. `lose` carries it out and gives no answer.
   */
  nextCharge: 'succeed' | 'decline' | 'process' | 'lose';
  refusesRefunds: boolean;
  /** The customer pays a page. Returns the body of the notification. */
  pay(paymentId: string): string;
  /** The customer did not pay, or the bank declined. */
  cancel(paymentId: string, reason: string): string;
}

const shop = { account_id: '100500', gateway_id: '100700' };
const card = { first6: '555555', last4: '4444', expiry_month: '12', expiry_year: '2031', card_type: 'MasterCard' };

/**
 * YooKassa's API as far as this project calls it: JSON in and out, Basic authentication, idempotence keys,
 * notifications without a signature. Written from https://yookassa.ru/developers/api and
 * https://yookassa.ru/developers/using-api/webhooks.
 */
export function createFakeYookassa(now: () => Date = () => new Date()): FakeYookassa {
  const answers = new Map<string, { body: string; status: number; answer: Json }>();

  const notify = (payment: FakeYookassaPayment) =>
    JSON.stringify({ type: 'notification', event: `payment.${payment.status}`, object: payment });
  const find = (id: string) => {
    const payment = fake.payments.get(id);
    if (payment === undefined) throw new Error(`no payment ${id}`);
    return payment;
  };
  const fake: FakeYookassa = {
    ...{ payments: new Map(), refunds: new Map(), calls: [], nextCharge: 'succeed', refusesRefunds: false },
    listener: (request, response) => {
      serve({ fake, answers, now }, request, response).catch(() => response.destroy());
    },
    pay(id) {
      const payment = find(id);
      const method = payment.payment_method as { saved: boolean; willBeSaved: boolean };
      method.saved = method.willBeSaved;
      Object.assign(payment, { status: 'succeeded', paid: true, captured_at: now().toISOString() });
      return notify(payment);
    },
    cancel(id, reason) {
      cancelPayment(find(id), reason);
      return notify(find(id));
    },
  };
  return fake;
}

type Now = () => Date;

interface Serving {
  readonly fake: FakeYookassa;
  /** By idempotence key. */
  readonly answers: Map<string, { body: string; status: number; answer: Json }>;
  readonly now: Now;
}

function create(fake: FakeYookassa, now: Now, body: Json): { status: number; answer: Json } {
  const { amount, description, metadata = {}, payment_method_id, confirmation, save_payment_method } = body;
  const isSaved = payment_method_id !== undefined;
  const id = randomUUID();
  const payment = {
    ...{ id, status: 'pending', paid: false, amount, description, metadata, created_at: now().toISOString() },
    ...{ recipient: shop, refundable: false, test: true },
    ...(confirmation !== undefined && {
      confirmation: { type: 'redirect', confirmation_url: `https://yoomoney.example/checkout?orderId=${id}` },
    }),
    payment_method: {
      ...{ type: 'bank_card', id: isSaved ? payment_method_id : id, saved: isSaved, card },
      willBeSaved: save_payment_method === true,
    },
  } as unknown as FakeYookassaPayment;
  fake.payments.set(id, payment);
  if (isSaved) chargeNow(fake, now, payment);
  return { status: 200, answer: payment };
}

function chargeNow(fake: FakeYookassa, now: Now, payment: FakeYookassaPayment): void {
  const mode = fake.nextCharge;
  if (mode === 'process') return;
  if (mode === 'decline') cancelPayment(payment, 'insufficient_funds');
  else Object.assign(payment, { status: 'succeeded', paid: true, captured_at: now().toISOString() });
}

function cancelPayment(payment: FakeYookassaPayment, reason: string): void {
  const party = reason === 'expired_on_confirmation' ? 'yoo_money' : 'payment_network';
  Object.assign(payment, { status: 'canceled', cancellation_details: { party, reason } });
}

function refund(fake: FakeYookassa, now: Now, body: Json): { status: number; answer: Json } {
  const payment = fake.payments.get(String(body.payment_id));
  if (payment?.status !== 'succeeded' || fake.refusesRefunds) {
    return {
      status: 400,
      answer: { type: 'error', id: randomUUID(), code: 'invalid_request', description: 'refused' },
    };
  }
  const id = randomUUID();
  const answer = { id, status: 'succeeded', created_at: now().toISOString(), ...body };
  fake.refunds.set(id, answer);
  return { status: 200, answer };
}

async function serve(serving: Serving, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { fake, answers, now } = serving;
  const path = (request.url ?? '').replace(/^\/v3/, '');
  const route = `${request.method} ${path}`;
  fake.calls.push(route);
  const send = (status: number, answer: Json) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  };
  if (!/^Basic \S+$/.test(request.headers.authorization ?? '')) return send(401, { code: 'invalid_credentials' });
  const [, kind, id = ''] = /^GET \/(payments|refunds)\/([\w-]+)$/.exec(route) ?? [];
  if (kind !== undefined) {
    const found = kind === 'payments' ? fake.payments.get(id) : fake.refunds.get(id);
    return found === undefined ? send(404, { code: 'not_found' }) : send(200, found);
  }
  const key = String(request.headers['idempotence-key'] ?? '');
  if (key === '' || key.length > 64) return send(400, { code: 'invalid_request', parameter: 'Idempotence-Key' });
  const body = await readBody(request);
  const before = answers.get(key);
  if (before !== undefined && before.body !== body) return send(400, { code: 'invalid_request' });
  const made = before ?? {
    body,
    ...(route === 'POST /refunds' ? refund(fake, now, JSON.parse(body)) : create(fake, now, JSON.parse(body))),
  };
  answers.set(key, made);
  const isLost = fake.nextCharge === 'lose' && body.includes('payment_method_id');
  fake.nextCharge = 'succeed';
  if (isLost) return void request.socket.destroy();
  send(made.status, made.answer);
}

async function readBody(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const part of request) body += part;
  return body;
}
