import {
  type ApiKey,
  type CacheMarks,
  cacheMarks,
  type LastChange,
  type PrincipalLimits,
  type PrivacyPolicy,
  principalLimits,
  type Scope,
  scope,
} from '@aggregator/contracts';
import { z } from 'zod';
import type { ApiKey as ApiKeyRow } from '../generated/prisma/client.ts';
import type { InstallationLimits } from '../limits/installation-limits.ts';
import { type Ceilings, limitsInForce } from '../limits/limits-in-force.ts';
import { readStoredPolicy } from '../privacy/stored-policy.ts';

const storedScopes = z.array(scope);
const storedTexts = z.array(z.string()).nullable();
const storedLimits = principalLimits.partial();

/** What a key may do, as its row says it. */
export interface KeyGrant {
  scopes: Scope[];
  models: string[] | null;
  allowedIps: string[] | null;
  allowedOrigins: string[] | null;
  /** The key's own; a limit that it lacks, or null, means the installation's default. */
  limits: Partial<PrincipalLimits>;
  privacy: PrivacyPolicy | null;
  cacheMarks: CacheMarks | null;
}

export function readGrant(
  row: Pick<ApiKeyRow, 'scopes' | 'models' | 'allowedIps' | 'allowedOrigins' | 'limits' | 'privacy' | 'cacheMarks'>,
): KeyGrant {
  return {
    scopes: storedScopes.parse(row.scopes),
    models: storedTexts.parse(row.models),
    allowedIps: storedTexts.parse(row.allowedIps),
    allowedOrigins: storedTexts.parse(row.allowedOrigins),
    limits: storedLimits.parse(row.limits),
    privacy: readStoredPolicy(row.privacy),
    cacheMarks: cacheMarks.nullable().parse(row.cacheMarks),
  };
}

/** Returns a key as its organisation sees it, with the limits in force; the key itself is not in it. */
export function toApiKey(
  row: ApiKeyRow,
  { defaults }: InstallationLimits,
  { key: ceiling }: Ceilings,
): Omit<ApiKey, 'userName' | 'teamName' | keyof LastChange> {
  const grant = readGrant(row);
  return {
    id: row.id,
    userId: row.userId,
    teamId: row.teamId,
    name: row.name,
    prefix: row.prefix,
    last4: row.last4,
    ...grant,
    limits: limitsInForce(grant.limits, defaults, ceiling),
    createdAt: row.createdAt.toISOString(),
    expiresAt: row.expiresAt?.toISOString() ?? null,
    revokedAt: row.revokedAt?.toISOString() ?? null,
    createdByKeyId: row.createdByKeyId,
  };
}
