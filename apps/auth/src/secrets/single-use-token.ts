import { createHash, randomBytes } from 'node:crypto';

/** 256 random bits for a link in a mail; only the hash is stored. */
export function createSingleUseToken(): string {
  return `agt_${randomBytes(32).toString('base64url')}`;
}

export function hashSingleUseToken(token: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(createHash('sha256').update(token).digest());
}
