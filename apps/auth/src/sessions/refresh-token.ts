import { createHash, randomBytes } from 'node:crypto';
import { deriveSealingKey, open, seal } from '../secrets/seal.ts';

const tokenPrefix = 'agr_';

/** 256 random bits; only its hash is stored. */
export function createRefreshToken(): string {
  return `${tokenPrefix}${randomBytes(32).toString('base64url')}`;
}

export function hashRefreshToken(token: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(createHash('sha256').update(token).digest());
}

/**
 * Seals a token so that only its parent opens it. The parent's text is not stored either, so the database alone gives
 * neither of them away.
 */
export function sealChild(parent: string, child: string): Uint8Array<ArrayBuffer> {
  return seal(deriveSealingKey(parent, 'refresh-token-child'), child, 'refresh-token-child');
}

export function openChild(parent: string, sealed: Uint8Array): string | null {
  return open(deriveSealingKey(parent, 'refresh-token-child'), sealed, 'refresh-token-child');
}
