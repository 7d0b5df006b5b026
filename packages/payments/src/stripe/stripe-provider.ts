import Stripe from 'stripe';
import { parseEventBody, toCode } from '../parse-body.ts';
import { type ChargeOutcome, type Money, type PaymentProvider, PaymentRefused, type RefundOutcome } from '../port.ts';
import { metadataKeys, readStripeEvent, readStripeIntent, readStripeSession, toRefundStatus } from './read-event.ts';
import { verifySignature } from './verify-signature.ts';

export interface StripeOptions {
  /** `sk_live_…` or `rk_live_…`; `sk_test_…` and `rk_test_…` for Stripe's test mode. */
  readonly secretKey: string;
  /** `whsec_…`, at least one. */
  readonly webhookSecrets: readonly string[];
  /** Stripe's API; another address for tests. */
  readonly apiUrl: string;
}

/** Below the 30 s for which the gateway waits for an answer. */
const timeoutMs = 10_000;
const retriesMax = 1;

/** Stripe behind the port, by its official SDK. Each call has our id as its idempotency key. */
export function createStripeProvider({ secretKey, webhookSecrets, apiUrl }: StripeOptions): PaymentProvider {
  const stripe = connect(secretKey, apiUrl);
  const isLive = /^[a-z]+_live_/.test(secretKey);
  return {
    name: 'stripe',
    currency: 'USD',
    async createCustomer(organizationId) {
      const metadata = { aggregator_organization: organizationId };
      const options = { idempotencyKey: `customer-${organizationId}` };
      return (await refusing(() => stripe.customers.create({ metadata }, options))).id;
    },
    async openCheckout({ paymentId, customerReference, money, description, savesMethod, ...order }) {
      const metadata = { [metadataKeys.payment]: paymentId };
      const session = await refusing(() =>
        stripe.checkout.sessions.create(
          {
            ...{ mode: 'payment', customer: customerReference, client_reference_id: paymentId, metadata },
            payment_intent_data: {
              ...{ metadata, description },
              ...(savesMethod && { setup_future_usage: 'off_session' as const }),
            },
            line_items: [{ quantity: 1, price_data: { ...toAmount(money), product_data: { name: description } } }],
            ...{ success_url: order.doneUrl, cancel_url: order.cancelUrl },
            expires_at: Math.floor(order.expiresAt.getTime() / 1000),
          },
          { idempotencyKey: `checkout-${paymentId}` },
        ),
      );
      if (session.url == null) throw new Error('Stripe made a page without an address');
      const expiresAt = new Date(session.expires_at * 1000);
      return { reference: session.id, paymentReference: null, url: session.url, expiresAt };
    },
    chargeSaved: (order) => chargeSaved(stripe, order),
    async refund({ refundId, paymentReference, money }): Promise<RefundOutcome> {
      const refund = await refusing(() =>
        stripe.refunds.create(
          {
            payment_intent: paymentReference,
            amount: Number(money.minorUnits),
            metadata: { [metadataKeys.refund]: refundId },
          },
          { idempotencyKey: `refund-${refundId}` },
        ),
      );
      return { refundReference: refund.id, status: toRefundStatus(refund.status) };
    },
    async readPayment({ paymentReference, checkoutReference }) {
      const event = await refusing(async () => {
        if (paymentReference !== null) return readStripeIntent(await stripe.paymentIntents.retrieve(paymentReference));
        if (checkoutReference === null) return null;
        return readStripeSession(await stripe.checkout.sessions.retrieve(checkoutReference));
      }).catch(unknownToNull);
      return event === null ? [] : [event];
    },
    async removeMethod(methodReference) {
      try {
        await refusing(() => stripe.paymentMethods.detach(methodReference));
      } catch (error) {
        if (!(error instanceof PaymentRefused)) throw error;
      }
    },
    async readEvents(body, headers, now) {
      const header = headers['stripe-signature'];
      verifySignature(body, typeof header === 'string' ? header : null, webhookSecrets, now);
      return [readStripeEvent(parseEventBody(body), isLive)];
    },
  };
}

function connect(secretKey: string, apiUrl: string): Stripe {
  const { hostname, port, protocol } = new URL(apiUrl);
  return new Stripe(secretKey, {
    ...{ host: hostname, protocol: protocol === 'http:' ? 'http' : 'https', ...(port !== '' && { port }) },
    ...{ timeout: timeoutMs, maxNetworkRetries: retriesMax, telemetry: false },
  });
}

async function chargeSaved(
  stripe: Stripe,
  order: Parameters<PaymentProvider['chargeSaved']>[0],
): Promise<ChargeOutcome> {
  const { paymentId, customerReference, methodReference, money, description } = order;
  try {
    const { id, status, last_payment_error } = await stripe.paymentIntents.create(
      {
        ...{ amount: Number(money.minorUnits), currency: money.currency.toLowerCase(), description },
        ...{ customer: customerReference, payment_method: methodReference, off_session: true, confirm: true },
        metadata: { [metadataKeys.payment]: paymentId },
      },
      { idempotencyKey: `charge-${paymentId}` },
    );
    if (status === 'succeeded') return { status: 'succeeded', paymentReference: id };
    if (status === 'processing') return { status: 'processing', paymentReference: id };
    const code = status === 'requires_action' ? 'authentication_required' : toCode(last_payment_error?.code);
    return { status: 'declined', code, paymentReference: id };
  } catch (error) {
    if (!(error instanceof Stripe.errors.StripeError) || !isRefusal(error)) throw error;
    const paymentReference = error.payment_intent?.id ?? null;
    return { status: 'declined', code: toCode(error.decline_code ?? error.code), paymentReference };
  }
}

/**
 * A refusal is final. A time-out, a lost connection, a limit of calls and a fault of Stripe are not; neither is a key
 * that was used with other parameters: the call that used it may have moved the money.
 */
function isRefusal(error: InstanceType<typeof Stripe.errors.StripeError>): boolean {
  const { statusCode } = error;
  if (error instanceof Stripe.errors.StripeIdempotencyError) return false;
  return (
    statusCode !== undefined && statusCode >= 400 && statusCode < 500 && ![401, 403, 409, 429].includes(statusCode)
  );
}

async function refusing<Result>(call: () => Promise<Result>): Promise<Result> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof Stripe.errors.StripeError && isRefusal(error))
      throw new PaymentRefused(toCode(error.code), error);
    throw error;
  }
}

/** What is refused to be read is as unknown as what is not found. */
function unknownToNull(error: unknown): null {
  if (error instanceof PaymentRefused) return null;
  throw error;
}

function toAmount({ minorUnits, currency }: Money) {
  return { unit_amount: Number(minorUnits), currency: currency.toLowerCase() };
}
