import { createHash, hkdfSync, randomBytes } from 'node:crypto';
import type { RequestFingerprint } from '@aggregator/contracts';
import type { Exchange } from '../exchange.ts';

/** A longer body is not hashed whole: the hash is part of the request's own time. */
const wholeBytesMax = 32 * 1024;
/** More than the least that providers keep in a prompt cache, 1,024 tokens, in most languages. */
const prefixBytes = 8 * 1024;
const hashCharacters = 12;

/**
 * The key of fingerprints: the same in all proxies of an installation, and derived from a secret that billing does not have. Without
 * that secret it is made at random: equal requests are then recognised within one process.
 */
export function createFingerprintKey(encryptionKeys: readonly string[] | undefined): Buffer {
  const [secret] = encryptionKeys ?? [];
  if (secret === undefined) return randomBytes(32);
  return Buffer.from(hkdfSync('sha256', Buffer.from(secret, 'base64url'), '', 'request fingerprint', 32));
}

/** Notes by what billing recognises a request that was sent before, and one that begins as another did. Keeps no text. */
export function noteFingerprint(
  key: Buffer,
  exchange: Pick<Exchange, 'fingerprint' | 'principal'>,
  bytes: Buffer,
): void {
  const fingerprint: RequestFingerprint = {};
  const { orgId } = exchange.principal;
  if (bytes.length <= wholeBytesMax) fingerprint.whole = hash(key, orgId, bytes);
  if (bytes.length > prefixBytes) {
    fingerprint.prefix = hash(key, orgId, bytes.subarray(0, prefixBytes));
    fingerprint.prefixPermille = Math.floor((prefixBytes * 1000) / bytes.length);
  }
  exchange.fingerprint = fingerprint;
}

/** Key, organisation and text have fixed lengths or come last, and the hash is cut: none can be made longer without the key. */
function hash(key: Buffer, orgId: string, bytes: Buffer): string {
  return createHash('sha256').update(key).update(orgId).update(bytes).digest('base64url').slice(0, hashCharacters);
}
