import { createHmac, randomBytes } from 'node:crypto';

const prefix = 'whsec_';

export function createWebhookSecret(): string {
  return `${prefix}${randomBytes(32).toString('base64')}`;
}

/** Returns the headers of Standard Webhooks: id, seconds since 1970, and `v1,` with the HMAC-SHA-256 of `id.seconds.body`. */
export function signWebhook(
  secret: string,
  { id, body, now }: { id: string; body: string; now: Date },
): Record<'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string> {
  const seconds = Math.floor(now.getTime() / 1000).toString();
  const key = Buffer.from(secret.slice(prefix.length), 'base64');
  const mac = createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': seconds, 'webhook-signature': `v1,${mac}` };
}
