import {
  type ApiKey,
  type PrincipalLimits,
  type PrivacyPolicy,
  principalLimits,
  type Scope,
  scope,
} from '@aggregator/contracts';
import { z } from 'zod';
import type { ApiKey as ApiKeyRow } from '../generated/prisma/client.ts';
import { readStoredPolicy } from '../privacy/stored-policy.ts';

const storedScopes = z.array(scope);
const storedTexts = z.array(z.string()).nullable();
const storedLimits = principalLimits.partial();

/** What a key may do, as its row says it. */
export interface KeyGrant {
  scopes: Scope[];
  models: string[] | null;
  allowedIps: string[] | null;
  limits: PrincipalLimits;
  privacy: PrivacyPolicy | null;
}

/** `defaults` fill in where the key has no limit of its own. */
export function readGrant(
  row: Pick<ApiKeyRow, 'scopes' | 'models' | 'allowedIps' | 'limits' | 'privacy'>,
  defaults: PrincipalLimits,
): KeyGrant {
  return {
    scopes: storedScopes.parse(row.scopes),
    models: storedTexts.parse(row.models),
    allowedIps: storedTexts.parse(row.allowedIps),
    limits: { ...defaults, ...storedLimits.parse(row.limits) },
    privacy: readStoredPolicy(row.privacy),
  };
}

/** A key as its organisation sees it; the key itself is not in it. */
export function toApiKey(row: ApiKeyRow, defaults: PrincipalLimits): ApiKey {
  return {
    id: row.id,
    name: row.name,
    prefix: row.prefix,
    last4: row.last4,
    ...readGrant(row, defaults),
    createdAt: row.createdAt.toISOString(),
    expiresAt: row.expiresAt?.toISOString() ?? null,
    revokedAt: row.revokedAt?.toISOString() ?? null,
  };
}
