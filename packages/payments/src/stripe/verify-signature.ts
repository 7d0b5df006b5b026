import { createHmac, timingSafeEqual } from 'node:crypto';
import { SignatureError } from '../port.ts';

/** Stripe's own default. A clock that is further off than this refuses every event. */
const toleranceSeconds = 300;
const headerCharsMax = 4096;

/**
 * Checks the header `stripe-signature`: `t=<seconds>,v1=<HMAC-SHA-256 of "t.body" in hex>`, with one `v1` for each
 * secret that is valid at Stripe's side. Any of our secrets may match, so that a secret is replaced without a gap. The
 * timestamp is part of what is signed, and too old or too new a one is refused. Source:
 * https://docs.stripe.com/webhooks#verify-manually. Written out because the SDK compares with its own clock.
 * @throws {SignatureError}
 */
export function verifySignature(body: Uint8Array, header: string | null, secrets: readonly string[], now: Date): void {
  if (header === null || header === '' || header.length > headerCharsMax) throw new SignatureError('no signature');
  const parts = header.split(',').map((part) => part.split('=', 2));
  const [timestamp] = parts.filter(([name]) => name === 't').map(([, value]) => value ?? '');
  const signatures = parts.filter(([name]) => name === 'v1').map(([, value]) => value ?? '');
  if (timestamp === undefined || !/^\d{1,12}$/.test(timestamp)) throw new SignatureError('no timestamp');
  const isSigned = secrets.some((secret) => {
    const expected = createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest();
    return signatures.some((signature) => isEqual(expected, signature));
  });
  if (!isSigned) throw new SignatureError('no signature matches');
  const ageSeconds = now.getTime() / 1000 - Number(timestamp);
  if (Math.abs(ageSeconds) > toleranceSeconds) throw new SignatureError('the timestamp is outside the tolerance');
}

function isEqual(expected: Buffer, signature: string): boolean {
  if (!/^[0-9a-f]{64}$/.test(signature)) return false;
  return timingSafeEqual(expected, Buffer.from(signature, 'hex'));
}
