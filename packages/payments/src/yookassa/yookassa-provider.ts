import type { z } from 'zod';
import { parseAs, parseEventBody, toCode } from '../parse-body.ts';
import {
  type ChargeOutcome,
  type PaymentEvent,
  type PaymentProvider,
  PaymentRefused,
  SignatureError,
} from '../port.ts';
import { callYookassa, type YookassaAccount } from './call-yookassa.ts';
import { describeRefund, fromPayment, fromRefund, metadataKeys, toAmount, toRefundStatus } from './read-events.ts';
import { notification, type YookassaPayment, yookassaPayment, yookassaRefund } from './wire.ts';

export type YookassaOptions = YookassaAccount;

/** Webhooks that are checked at the same time: each costs a call of the API. */
const checksMax = 16;

/** YooKassa behind the port. It takes rubles, keeps no customers, and does not sign its webhooks. */
export function createYookassaProvider(account: YookassaOptions): PaymentProvider {
  let checks = 0;
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
      return { reference: payment.id, url, expiresAt };
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
    // YooKassa has no call for it: a token that is not used is harmless, and the shop can unlink it by hand.
    removeMethod: async () => undefined,
    async readEvents(body) {
      if (checks >= checksMax) throw new Error('too many webhooks of YooKassa at once');
      checks += 1;
      try {
        return await readBack(account, body);
      } finally {
        checks -= 1;
      }
    },
  };
}

/**
 * Reads what a notification is about from the API: nothing of its body is believed but the id and the status.
 * Source: https://yookassa.ru/developers/using-api/webhooks
 */
async function readBack(account: YookassaAccount, body: Uint8Array): Promise<PaymentEvent[]> {
  const { event, object } = parseAs(notification, parseEventBody(body));
  const [kind, status] = event.split('.');
  const path = `/${kind}s/${object.id}`;
  if (kind === 'payment') {
    const payment = await read(account, path, yookassaPayment);
    requireStatus(payment, status);
    return fromPayment(payment);
  }
  if (kind === 'refund') {
    const refund = await read(account, path, yookassaRefund);
    requireStatus(refund, status);
    return [fromRefund(refund)];
  }
  // Of no interest, and unconfirmed. A client without a secret would fill the inbox by such events, and take the ids of later ones.
  return [];
}

/** An id that YooKassa refuses is as unknown as one that it does not find. */
async function read<Schema extends z.ZodType>(account: YookassaAccount, path: string, answer: Schema) {
  return callYookassa(account, { path, answer }).catch((error: unknown) => {
    if (error instanceof PaymentRefused) return null;
    throw error;
  });
}

function requireStatus<Found extends { status: string }>(
  found: Found | null,
  status: string | undefined,
): asserts found is Found {
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
