import { hkdfSync } from 'node:crypto';
import { decrypt, encrypt } from '@aggregator/service-kit';

/** A 256-bit key for one purpose, from a secret that has the entropy already. */
export function deriveSealingKey(secret: string | Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', purpose, 32));
}

/** AES-256-GCM. `context` (the row the text belongs to) must be the same to open it, so no sealed text can be moved. */
export function seal(key: Buffer, text: string, context: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(encrypt(key, Buffer.from(text), context));
}

/** The sealed text, or null where the key or the context is another one, or a bit has changed. */
export function open(key: Buffer, sealed: Uint8Array, context: string): string | null {
  return decrypt(key, sealed, context)?.toString('utf8') ?? null;
}
