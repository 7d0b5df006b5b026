import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const algorithm = 'aes-256-gcm';
const ivBytes = 12;
const tagBytes = 16;

/**
 * Encrypts with AES-256-GCM: 12 bytes of IV, 16 of the tag, the rest. `key` has 32 bytes. The same `context` must be given to
 * decrypt, so that the result cannot be moved to another owner.
 */
export function encrypt(key: Buffer, plain: Uint8Array, context = ''): Buffer {
  const iv = randomBytes(ivBytes);
  const cipher = createCipheriv(algorithm, key, iv).setAAD(Buffer.from(context));
  const encrypted = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), encrypted]);
}

/** Returns the plain bytes; null if the key or the context is another one, or a bit has changed. */
export function decrypt(key: Buffer, encrypted: Uint8Array, context = ''): Buffer | null {
  if (encrypted.length < ivBytes + tagBytes) return null;
  const decipher = createDecipheriv(algorithm, key, encrypted.subarray(0, ivBytes), { authTagLength: tagBytes })
    .setAAD(Buffer.from(context))
    .setAuthTag(encrypted.subarray(ivBytes, ivBytes + tagBytes));
  try {
    return Buffer.concat([decipher.update(encrypted.subarray(ivBytes + tagBytes)), decipher.final()]);
  } catch {
    return null;
  }
}
