import { type SessionVerdict, scopesOf } from '@aggregator/contracts';
import { tagKeysOf } from '../accounts/tag-keys-of.ts';
import type { AuthContext } from '../auth-context.ts';
import { readPrincipalBudgets } from '../budgets/principal-budgets.ts';
import { withCounted } from '../budgets/with-counted.ts';
import { ceilingsOf, limitsInForce, organizationLimitsOf } from '../limits/limits-in-force.ts';
import { readPrincipalLimits } from '../limits/principal-limits.ts';
import { readStanding, rolesOf } from '../permissions/standing.ts';
import { readStoredPolicy } from '../privacy/stored-policy.ts';

/**
 * Returns whether access tokens of a session for one organisation are good now, and for what. They are not if the session is unknown,
 * ended or expired, or if its user has left the organisation. `organizationId` is absent from gateways of the version before.
 */
export async function judgeSession(
  { database, now, limits }: Pick<AuthContext, 'database' | 'now' | 'limits'>,
  sessionId: string,
  organizationId: string | undefined,
): Promise<SessionVerdict> {
  const row = await database.session.findUnique({
    where: { id: sessionId },
    include: { user: { select: { id: true, blockedAt: true, organizationId: true } } },
  });
  if (row === null || row.endedAt !== null || row.expiresAt <= now()) return { valid: false };
  const { user } = row;
  const id = organizationId ?? row.organizationId ?? user.organizationId;
  const standing = await readStanding(database, id, user.id);
  const organization = await database.organization.findUnique({ where: { id } });
  if (standing === null || organization === null) return { valid: false };
  if (user.blockedAt !== null || organization.blockedAt !== null) return { valid: false, reason: 'blocked' };
  const privacy = readStoredPolicy(organization.privacy);
  const ceilings = ceilingsOf(organization.ceilings, limits);
  // An organisation that waits for its deletion calls no models; its owners can still export it and take it back.
  const isWaiting = organization.deleteAt !== null;
  const scopes = scopesOf(rolesOf(standing)).filter((scope) => scope !== 'ai:invoke' || !isWaiting);
  const owner = { organizationId: id, userId: user.id, teamId: null, keyId: null };
  const [budgets, levelLimits] = await Promise.all([
    readPrincipalBudgets(database, owner),
    readPrincipalLimits(database, owner),
  ]);
  return {
    valid: true,
    principal: {
      orgId: id,
      userId: user.id,
      keyId: null,
      sessionId,
      ...withCounted(scopes, { budgets, levelLimits }),
      models: null,
      limits: limitsInForce({}, limits.defaults, ceilings.key),
      ...organizationLimitsOf(ceilings),
      ...(privacy !== null && { privacy }),
      ...(!organization.storesResponses && { storesResponses: false }),
      ...tagKeysOf(organization),
    },
  };
}
