import type { z } from 'zod';
import { parseAs, toCode } from '../parse-body.ts';
import { type Money, type PaymentEvent, paymentEvent } from '../port.ts';
import { checkoutSession, dispute, paymentIntent, paymentMethod, refund, stripeEvent } from './wire.ts';

/** Names of our ids in Stripe's metadata. */
export const metadataKeys = { payment: 'aggregator_payment', refund: 'aggregator_refund' } as const;

interface Named {
  eventId: string;
  occurredAt: string;
}

/**
 * Turns an event of Stripe into ours. Two events report that a page was paid, `checkout.session.*` and
 * `payment_intent.*`: both become `payment_succeeded`, and the second finds the payment credited.
 * @param isLive what the key of the installation is: an event of the other mode moves no money here.
 * @throws {EventFormError}
 */
export function readStripeEvent(body: unknown, isLive: boolean): PaymentEvent {
  const event = parseAs(stripeEvent, body);
  const named: Named = { eventId: event.id, occurredAt: new Date(event.created * 1000).toISOString() };
  if (event.livemode !== isLive) return toOther(named, `${event.type} of the other mode`);
  const translate = translations[event.type];
  const translated = translate === undefined ? null : translate(event.data.object, named);
  return parseAs(paymentEvent, translated ?? toOther(named, event.type));
}

const toOther = (named: Named, type: string): PaymentEvent => ({ ...named, kind: 'other', type: type.slice(0, 100) });

type Translation = (object: unknown, named: Named) => PaymentEvent | null;

const translations: Readonly<Record<string, Translation>> = {
  'checkout.session.completed': fromSession,
  'checkout.session.async_payment_succeeded': fromSession,
  'checkout.session.async_payment_failed': (object, named) => ({
    ...ofSession(parseAs(checkoutSession, object), named),
    ...{ kind: 'payment_failed', failureCode: 'async_payment_failed', isFinal: true },
  }),
  'checkout.session.expired': (object, named) => ({
    ...ofSession(parseAs(checkoutSession, object), named),
    kind: 'payment_expired',
  }),
  'payment_intent.succeeded': fromPaidIntent,
  'payment_intent.processing': (object, named) => ({
    ...ofIntent(parseAs(paymentIntent, object), named),
    kind: 'payment_processing',
  }),
  'payment_intent.payment_failed'(object, named) {
    const intent = parseAs(paymentIntent, object);
    const { decline_code, code } = intent.last_payment_error ?? {};
    return {
      ...ofIntent(intent, named),
      ...{ kind: 'payment_failed', failureCode: toCode(decline_code ?? code), isFinal: false },
    };
  },
  'payment_intent.canceled': (object, named) => ({
    ...ofIntent(parseAs(paymentIntent, object), named),
    kind: 'payment_expired',
  }),
  'refund.created': fromRefund,
  'refund.updated': fromRefund,
  'refund.failed': fromRefund,
  'charge.dispute.created': fromDispute,
  'charge.dispute.closed': fromDispute,
  'payment_method.attached': fromMethod,
  'payment_method.updated': fromMethod,
  'payment_method.automatically_updated': fromMethod,
  'payment_method.detached': (object, named) => ({
    ...named,
    ...{ kind: 'method_removed', methodReference: parseAs(paymentMethod, object).id },
  }),
};

interface Read {
  /** Seconds. */
  readonly created: number;
}

/** What a page is now; null while the customer may pay it. */
export function readStripeSession(object: Read): PaymentEvent | null {
  const session = parseAs(checkoutSession, object);
  const named = toRead(object, `${session.status}.${session.payment_status}:${session.id}`);
  if (session.status === 'expired') return { ...ofSession(session, named), kind: 'payment_expired' };
  return session.status === 'complete' ? fromSession(session, named) : null;
}

/** What a payment is now; null while it is under way. */
export function readStripeIntent(object: Read): PaymentEvent | null {
  const intent = parseAs(paymentIntent, object);
  const named = toRead(object, `${intent.status}:${intent.id}`);
  if (intent.status === 'succeeded') return fromPaidIntent(intent, named);
  if (intent.status === 'processing') return null;
  const { decline_code, code } = intent.last_payment_error ?? {};
  return {
    ...ofIntent(intent, named),
    ...{ kind: 'payment_failed', failureCode: toCode(decline_code ?? code ?? intent.status), isFinal: true },
  };
}

const toRead = ({ created }: Read, what: string): Named => ({
  eventId: `read.${what}`,
  occurredAt: new Date(created * 1000).toISOString(),
});

function fromPaidIntent(object: unknown, named: Named): PaymentEvent {
  const intent = parseAs(paymentIntent, object);
  return {
    ...ofIntent(intent, named),
    kind: 'payment_succeeded',
    money: toMoney(intent.amount_received ?? intent.amount, intent.currency),
    methodReference: intent.payment_method ?? null,
  };
}

function fromSession(object: unknown, named: Named): PaymentEvent {
  const session = parseAs(checkoutSession, object);
  const facts = ofSession(session, named);
  if (session.payment_status === 'unpaid') return { ...facts, kind: 'payment_processing' };
  return {
    ...facts,
    ...{ kind: 'payment_succeeded', methodReference: null },
    money: toMoney(session.amount_total ?? 0, session.currency ?? 'XXX'),
  };
}

function fromRefund(object: unknown, named: Named): PaymentEvent {
  const { id, amount, currency, payment_intent, metadata, status, failure_reason } = parseAs(refund, object);
  return {
    ...named,
    kind: 'refund_changed',
    paymentId: null,
    paymentReference: payment_intent ?? null,
    refundReference: id,
    refundId: metadata?.[metadataKeys.refund] ?? null,
    money: toMoney(amount, currency),
    status: toRefundStatus(status),
    failureCode: failure_reason == null ? null : toCode(failure_reason),
  };
}

/** Stripe's `requires_action` waits for the customer's bank details, and `canceled` moves no money. */
export function toRefundStatus(status: string | null): 'pending' | 'succeeded' | 'failed' {
  if (status === 'succeeded') return 'succeeded';
  return status === 'failed' || status === 'canceled' ? 'failed' : 'pending';
}

function fromDispute(object: unknown, named: Named): PaymentEvent | null {
  const { id, amount, currency, payment_intent, status } = parseAs(dispute, object);
  // An inquiry takes no money.
  if (status.startsWith('warning_')) return null;
  const kind = status === 'won' ? 'dispute_won' : status === 'lost' ? 'dispute_lost' : 'dispute_opened';
  return {
    ...{ ...named, kind, paymentId: null, paymentReference: payment_intent ?? null },
    ...{ disputeReference: id, money: toMoney(amount, currency) },
  };
}

function fromMethod(object: unknown, named: Named): PaymentEvent | null {
  const { id, type, customer, card, sepa_debit, us_bank_account } = parseAs(paymentMethod, object);
  if (customer == null) return null;
  const shown = card ?? sepa_debit ?? us_bank_account;
  return {
    ...named,
    kind: 'method_saved',
    customerReference: customer,
    card: {
      methodReference: id,
      brand: (card?.brand ?? type).slice(0, 50),
      lastDigits: (shown?.last4 ?? '').slice(-4),
      expiryMonth: card?.exp_month ?? null,
      expiryYear: card?.exp_year ?? null,
    },
  };
}

function ofSession(session: z.infer<typeof checkoutSession>, named: Named) {
  const paymentId = session.metadata?.[metadataKeys.payment] ?? session.client_reference_id ?? null;
  return { ...named, paymentId, paymentReference: session.payment_intent ?? null };
}

function ofIntent(intent: z.infer<typeof paymentIntent>, named: Named) {
  return { ...named, paymentId: intent.metadata?.[metadataKeys.payment] ?? null, paymentReference: intent.id };
}

function toMoney(amount: number, currency: string): Money {
  return { minorUnits: String(amount), currency: currency.toUpperCase() };
}
