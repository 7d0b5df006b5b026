import { AppError, type Principal, type PrincipalLimits } from '@aggregator/contracts';
import type { Transaction } from '../database/create-database.ts';
import { type KeyGrant, readGrant } from './stored-key.ts';

/** What a caller may give away: everything that it holds, with each of its restrictions. */
export interface Maker extends Omit<KeyGrant, 'limits' | 'cacheMarks'> {
  /** Null if a user with an access token is the caller. */
  keyId: string | null;
  /** The key's own limits; empty for a user. */
  ownLimits: Partial<PrincipalLimits>;
  /** The team that the key works for; null if none, or for a user. */
  teamId: string | null;
  /** Null if it never expires. */
  expiresAt: Date | null;
}

/**
 * Returns the caller as a maker of keys; call it under the organisation's lock. The restrictions of a key come from its row.
 * The organisation's masking is not one of them: a key would keep it after its organisation has given it up. Throws
 * `invalid_api_key` if the key was revoked or blocked since the gateway asked: what it makes would outlive a revocation with cascade.
 */
export async function readMaker(transaction: Transaction, principal: Principal, now: Date): Promise<Maker> {
  const { keyId, orgId: organizationId, scopes, models } = principal;
  if (keyId === null) {
    const unbound = { allowedIps: null, allowedOrigins: null, privacy: null, teamId: null, expiresAt: null };
    return { keyId, scopes, models, ownLimits: {}, ...unbound };
  }
  const row = await transaction.apiKey.findFirst({
    where: { id: keyId, organizationId, revokedAt: null, blockedAt: null },
  });
  if (row === null || (row.expiresAt !== null && row.expiresAt <= now)) throw new AppError('invalid_api_key');
  const { limits: ownLimits, ...grant } = readGrant(row);
  return { ...grant, keyId, scopes, models, ownLimits, teamId: row.teamId, expiresAt: row.expiresAt };
}
