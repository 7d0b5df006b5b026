import { toCode } from '../parse-body.ts';
import type { Money, PaymentEvent, SavedCard } from '../port.ts';
import type { YookassaPayment, YookassaRefund } from './wire.ts';

/** Names of our ids in YooKassa's metadata. */
export const metadataKeys = { payment: 'aggregator_payment', customer: 'aggregator_customer' } as const;

/** A refund has no metadata: our id is the end of its description. */
export const describeRefund = (refundId: string) => `Refund ${refundId}`;

/** What a payment is now, as events. They are the same however often they are read. */
export function fromPayment(payment: YookassaPayment): PaymentEvent[] {
  const { id, status, amount, created_at, captured_at, metadata, cancellation_details, payment_method } = payment;
  const named = { eventId: `payment.${status}:${id}`, occurredAt: toIso(captured_at ?? created_at) };
  const facts = { ...named, paymentId: metadata?.[metadataKeys.payment] ?? null, paymentReference: id };
  if (status === 'canceled') {
    const failureCode = toCode(cancellation_details?.reason);
    const isExpired = failureCode === 'expired_on_confirmation';
    return [
      isExpired
        ? { ...facts, kind: 'payment_expired' }
        : { ...facts, kind: 'payment_failed', failureCode, isFinal: true },
    ];
  }
  if (status !== 'succeeded') return [{ ...named, kind: 'other', type: `payment.${status}` }];
  const methodReference = payment_method?.id ?? null;
  const paid: PaymentEvent = { ...facts, kind: 'payment_succeeded', money: toMoney(amount), methodReference };
  const customerReference = metadata?.[metadataKeys.customer];
  const card = toCard(payment_method);
  if (card === null || customerReference === undefined) return [paid];
  return [paid, { ...named, eventId: `method.saved:${id}`, kind: 'method_saved', customerReference, card }];
}

export function fromRefund(refund: YookassaRefund): PaymentEvent {
  const { id, payment_id, status, amount, created_at, description, cancellation_details } = refund;
  return {
    ...{ eventId: `refund.${status}:${id}`, occurredAt: toIso(created_at), kind: 'refund_changed' },
    ...{ paymentId: null, paymentReference: payment_id, refundReference: id, money: toMoney(amount) },
    refundId: /^Refund ([0-9a-f-]{36})$/.exec(description ?? '')?.[1] ?? null,
    status: toRefundStatus(status),
    failureCode: status === 'canceled' ? toCode(cancellation_details?.reason) : null,
  };
}

export function toRefundStatus(status: YookassaRefund['status']): 'pending' | 'succeeded' | 'failed' {
  return status === 'canceled' ? 'failed' : status;
}

/** A saved card that automatic payments may use; null if nothing was saved. */
function toCard(method: YookassaPayment['payment_method']): SavedCard | null {
  if (method == null || !method.saved) return null;
  const { card } = method;
  return {
    ...{ methodReference: method.id, brand: (card?.card_type ?? method.type).slice(0, 50).toLowerCase() },
    lastDigits: (card?.last4 ?? '').slice(-4),
    ...{ expiryMonth: card == null ? null : Number(card.expiry_month) },
    ...{ expiryYear: card == null ? null : Number(card.expiry_year) },
  };
}

/** "20.00" is 2000. */
function toMoney({ value, currency }: YookassaPayment['amount']): Money {
  return { minorUnits: BigInt(value.replace('.', '')).toString(), currency };
}

/** 2000 is "20.00". */
export function toAmount({ minorUnits, currency }: Money): { value: string; currency: string } {
  const digits = minorUnits.padStart(3, '0');
  return { value: `${digits.slice(0, -2)}.${digits.slice(-2)}`, currency };
}

const toIso = (time: string) => new Date(time).toISOString();
