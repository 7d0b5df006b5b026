import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';

/** The key pair with which the services of one installation sign for each other (Ed25519, from one 32-byte seed). */
export interface InternalKeyring {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** DER of a PKCS #8 Ed25519 key up to its 32-byte seed. Source: RFC 8410 §7. */
const pkcs8Prefix = Buffer.from('302e020100300506032b657004220420', 'hex');

/** DER of an Ed25519 public key up to its 32 bytes. Source: RFC 8410 §4. */
const spkiPrefix = Buffer.from('302a300506032b6570032100', 'hex');

/** `text` is 32 bytes as base64url. */
export function createInternalPublicKey(text: string): KeyObject {
  const der = Buffer.concat([spkiPrefix, Buffer.from(text, 'base64url')]);
  return createPublicKey({ key: der, format: 'der', type: 'spki' });
}

/** `seed` is 32 bytes as base64url. */
export function createInternalKeyring(seed: string): InternalKeyring {
  const der = Buffer.concat([pkcs8Prefix, Buffer.from(seed, 'base64url')]);
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  return { privateKey, publicKey: createPublicKey(privateKey) };
}
