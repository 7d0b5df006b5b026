import { isIPv6 } from 'node:net';
import { type KeyVerdict, scopesOf } from '@aggregator/contracts';
import { tagKeysOf } from '../accounts/tag-keys-of.ts';
import type { AuthContext } from '../auth-context.ts';
import { isMakerBlocked } from '../blocks/is-maker-blocked.ts';
import { readPrincipalBudgets } from '../budgets/principal-budgets.ts';
import { withCounted } from '../budgets/with-counted.ts';
import { ceilingsOf, limitsInForce, organizationLimitsOf } from '../limits/limits-in-force.ts';
import { readPrincipalLimits } from '../limits/principal-limits.ts';
import { readStanding, rolesOf } from '../permissions/standing.ts';
import { joinPolicies } from '../privacy/join-policies.ts';
import { readStoredPolicy } from '../privacy/stored-policy.ts';
import { narrowModels } from './narrow-models.ts';
import { readGrant } from './stored-key.ts';

/**
 * Returns whether a key is good now, and for what. An unknown, a revoked and an expired key give the same answer;
 * a key that the operator blocked gives its reason. `onRevoked` is called for a revoked key, which is suspicious.
 */
export async function judgeKey(
  { database, keyHasher, now, limits }: Pick<AuthContext, 'database' | 'keyHasher' | 'now' | 'limits'>,
  keySha256: string,
  onRevoked?: (key: { id: string; organizationId: string; revokedAt: Date }) => void,
): Promise<KeyVerdict> {
  const row = await database.apiKey.findFirst({
    where: { keyHmac: { in: keyHasher.toHmacs(keySha256) } },
    include: {
      user: { select: { blockedAt: true } },
      team: { select: { models: true } },
      organization: {
        select: {
          deleteAt: true,
          privacy: true,
          storesResponses: true,
          tagKeys: true,
          ceilings: true,
          blockedAt: true,
        },
      },
    },
  });
  if (row === null || row.revokedAt !== null || (row.expiresAt !== null && row.expiresAt <= now())) {
    if (row?.revokedAt != null) onRevoked?.({ ...row, revokedAt: row.revokedAt });
    return { valid: false };
  }
  const standing = await readStanding(database, row.organizationId, row.userId);
  // Keys stop with the wish to delete the organisation, and work again if it is taken back.
  if (standing === null || row.organization.deleteAt !== null) return { valid: false };
  const isBlocked = [row, row.user, row.organization].some(({ blockedAt }) => blockedAt !== null);
  if (isBlocked || (await isMakerBlocked(database, row.createdByKeyId))) return { valid: false, reason: 'blocked' };
  const grant = readGrant(row);
  const ceilings = ceilingsOf(row.organization.ceilings, limits);
  const privacy = joinPolicies(readStoredPolicy(row.organization.privacy), grant.privacy);
  // A role that shrank since the key was made takes its scopes along.
  const held = scopesOf(rolesOf(standing));
  const { organizationId, userId, teamId, id: keyId } = row;
  const owner = { organizationId, userId, teamId, keyId };
  const [budgets, levelLimits] = await Promise.all([
    readPrincipalBudgets(database, owner),
    readPrincipalLimits(database, owner),
  ]);
  const scopes = grant.scopes.filter((scope) => held.includes(scope));
  return {
    valid: true,
    principal: {
      orgId: row.organizationId,
      userId: row.userId,
      keyId: row.id,
      ...(teamId !== null && { teamId }),
      ...withCounted(scopes, { budgets, levelLimits }),
      models: narrowModels(grant.models, row.team),
      limits: limitsInForce(grant.limits, limits.defaults, ceilings.key),
      ...organizationLimitsOf(ceilings),
      ...(privacy !== null && { privacy }),
      ...(grant.cacheMarks !== null && { cacheMarks: grant.cacheMarks }),
      ...(!row.organization.storesResponses && { storesResponses: false }),
      ...tagKeysOf(row.organization),
    },
    expiresAt: row.expiresAt?.toISOString() ?? null,
    allowedIps: grant.allowedIps?.map(toCidr) ?? null,
    ...(grant.allowedOrigins !== null && { allowedOrigins: grant.allowedOrigins }),
  };
}

function toCidr(address: string): string {
  if (address.includes('/')) return address;
  return `${address}/${isIPv6(address) ? 128 : 32}`;
}
