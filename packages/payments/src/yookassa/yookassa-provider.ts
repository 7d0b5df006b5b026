import type { z } from 'zod';
import { parseAs, parseEventBody, toCode } from '../parse-body.ts';
import {
  type ChargeOutcome,
  type PaymentEvent,
  type PaymentProvider,
  PaymentRefused,
  SignatureError,
  type WebhookSubject,
} from '../port.ts';
import { callYookassa, type YookassaAccount } from './call-yookassa.ts';
import { describeRefund, fromPayment, fromRefund, metadataKeys, toAmount, toRefundStatus } from './read-events.ts';
import { notification, type YookassaPayment, yookassaPayment, yookassaRefund } from './wire.ts';

export interface YookassaOptions extends YookassaAccount {
  /**
   * The organisation whose payment or refund has one of these ids; null if none has. A webhook about no one's costs no
   * call of the API.
   */
  readonly ownerOf: (subject: WebhookSubject) => Promise<string | null>;
}

/** Webhooks that are checked at the same time, in all and of one organisation: each costs a call of the API. */
const checksMax = 16;
const checksOfOneMax = 4;

/** YooKassa behind the port. It takes rubles, keeps no customers, and does not sign its webhooks. */
export function createYookassaProvider({ ownerOf, ...account }: YookassaOptions): PaymentProvider {
  const checks: string[] = [];
  return {
    name: 'yookassa',
    currency: 'RUB',
    // There are no customers: the reference only connects a saved method with its organisation.
    createCustomer: async (organizationId) => `org-${organizationId}`,
    async openCheckout({ paymentId, customerReference, money, description, savesMethod, doneUrl, expiresAt }) {
      const payment = await pay(account, `checkout-${paymentId}`, {
        ...{ amount: toAmount(money), capture: true, description },
        metadata: { [metadataKeys.payment]: paymentId, [metadataKeys.customer]: customerReference },
        confirmation: { type: 'redirect', return_url: doneUrl },
        ...(savesMethod && { save_payment_method: true }),
      });
      const url = payment.confirmation?.confirmation_url;
      if (url == null) throw new Error('YooKassa made a payment without a page');
      return { reference: payment.id, paymentReference: payment.id, url, expiresAt };
    },
    async chargeSaved({ paymentId, methodReference, money, description }) {
      try {
        const payment = await pay(account, `charge-${paymentId}`, {
          ...{ amount: toAmount(money), capture: true, description, payment_method_id: methodReference },
          metadata: { [metadataKeys.payment]: paymentId },
        });
        return toOutcome(payment);
      } catch (error) {
        if (!(error instanceof PaymentRefused)) throw error;
        return { status: 'declined', code: error.code, paymentReference: null };
      }
    },
    async refund({ refundId, paymentReference, money }) {
      const body = { payment_id: paymentReference, amount: toAmount(money), description: describeRefund(refundId) };
      const call = { path: '/refunds', answer: yookassaRefund, body, idempotenceKey: `refund-${refundId}` };
      const refund = await callYookassa(account, call);
      if (refund === null) throw new PaymentRefused('not_found');
      return { refundReference: refund.id, status: toRefundStatus(refund.status) };
    },
    async readPayment({ paymentReference }) {
      const found =
        paymentReference === null ? null : await read(account, `/payments/${paymentReference}`, yookassaPayment);
      return found === null ? [] : fromPayment(found).filter(({ kind }) => kind !== 'other');
    },
    // YooKassa has no call for it: a token that is not used is harmless, and the shop can unlink it by hand.
    removeMethod: async () => undefined,
    async readEvents(body) {
      const subject = readNotification(body);
      if (subject === null) return [];
      const owner = await ownerOf(subject);
      if (owner === null) throw new SignatureError('the webhook is about none of our payments');
      const own = checks.filter((each) => each === owner).length;
      if (checks.length >= checksMax || own >= checksOfOneMax) throw new Error('too many webhooks of YooKassa at once');
      checks.push(owner);
      try {
        return await readBack(account, subject);
      } finally {
        checks.splice(checks.indexOf(owner), 1);
      }
    },
  };
}

interface Notified extends WebhookSubject {
  readonly kind: 'payment' | 'refund';
  readonly id: string;
  readonly status: string;
}

/**
 * What a notification says that it is about; null if that is of no interest. Such a one is unconfirmed: a client
 * without a secret would fill the inbox by such events, and take the ids of later ones. Source:
 * https://yookassa.ru/developers/using-api/webhooks
 */
function readNotification(body: Uint8Array): Notified | null {
  const { event, object } = parseAs(notification, parseEventBody(body));
  const [kind, status = ''] = event.split('.');
  const { id, payment_id = null, metadata } = object;
  const none = { paymentId: null, paymentReference: null, refundReference: null };
  if (kind === 'refund') return { ...none, kind, id, status, paymentReference: payment_id, refundReference: id };
  if (kind !== 'payment') return null;
  const named = metadata?.[metadataKeys.payment];
  const paymentId = typeof named === 'string' ? named : null;
  return { ...none, kind, id, status, paymentId, paymentReference: id };
}

/** Reads from the API what a notification is about: nothing of its body is believed but the id and the status. */
async function readBack(account: YookassaAccount, { kind, id, status }: Notified): Promise<PaymentEvent[]> {
  const path = `/${kind}s/${id}`;
  if (kind === 'payment') {
    const payment = await read(account, path, yookassaPayment);
    requireStatus(payment, status);
    return fromPayment(payment);
  }
  const refund = await read(account, path, yookassaRefund);
  requireStatus(refund, status);
  return [fromRefund(refund)];
}

/** An id that YooKassa refuses is as unknown as one that it does not find. */
async function read<Schema extends z.ZodType>(account: YookassaAccount, path: string, answer: Schema) {
  return callYookassa(account, { path, answer }).catch((error: unknown) => {
    if (error instanceof PaymentRefused) return null;
    throw error;
  });
}

function requireStatus<Found extends { status: string }>(found: Found | null, status: string): asserts found is Found {
  if (found === null) throw new SignatureError('YooKassa does not know what the webhook is about');
  if (found.status !== status) throw new SignatureError(`YooKassa says ${found.status}, and the webhook ${status}`);
}

async function pay(account: YookassaAccount, idempotenceKey: string, body: object): Promise<YookassaPayment> {
  const call = { path: '/payments', answer: yookassaPayment, body, idempotenceKey };
  const payment = await callYookassa(account, call);
  if (payment === null) throw new PaymentRefused('not_found');
  return payment;
}

function toOutcome({ id, status, cancellation_details }: YookassaPayment): ChargeOutcome {
  if (status === 'succeeded') return { status, paymentReference: id };
  if (status !== 'canceled') return { status: 'processing', paymentReference: id };
  return { status: 'declined', code: toCode(cancellation_details?.reason), paymentReference: id };
}
