import { createHmac } from 'node:crypto';

/** An event as Stripe posts it. */
export interface FakeStripeEvent {
  id: string;
  object: 'event';
  api_version: string;
  created: number;
  livemode: boolean;
  pending_webhooks: number;
  type: string;
  data: { object: Record<string, unknown> };
}

/** A signed delivery: the exact bytes and their headers. */
export interface SignedEvent {
  body: string;
  headers: Record<string, string>;
}

/**
 * Signs as Stripe does: `t=<seconds>,v1=<HMAC-SHA-256 of "t.body">`, one `v1` for each secret that is valid.
 * Source: https://docs.stripe.com/webhooks#verify-manually
 */
export function signStripeEvent(event: object | string, secrets: readonly string[], at: Date): SignedEvent {
  const body = typeof event === 'string' ? event : JSON.stringify(event);
  const seconds = Math.floor(at.getTime() / 1000);
  const signatures = secrets.map(
    (secret) => `v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`,
  );
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    'stripe-signature': [`t=${seconds}`, ...signatures].join(','),
  };
  return { body, headers };
}
