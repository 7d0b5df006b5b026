import type { SessionVerdict } from '@aggregator/contracts';
import { scopesOf } from '../accounts/role-scopes.ts';
import type { AuthContext } from '../context.ts';
import { ceilingsOf, limitsInForce, organizationLimitsOf } from '../limits/limits-in-force.ts';
import { readStoredPolicy } from '../privacy/stored-policy.ts';

/** Returns whether access tokens of a session are good now, and for what. An unknown, ended or expired session is not. */
export async function judgeSession(
  { database, now, limits }: Pick<AuthContext, 'database' | 'now' | 'limits'>,
  sessionId: string,
): Promise<SessionVerdict> {
  const row = await database.session.findUnique({
    where: { id: sessionId },
    include: { user: { include: { organization: { select: { privacy: true, ceilings: true, blockedAt: true } } } } },
  });
  if (row === null || row.endedAt !== null || row.expiresAt <= now()) return { valid: false };
  const { user } = row;
  if (user.blockedAt !== null || user.organization.blockedAt !== null) return { valid: false, reason: 'blocked' };
  const privacy = readStoredPolicy(user.organization.privacy);
  const ceilings = ceilingsOf(user.organization.ceilings, limits);
  return {
    valid: true,
    principal: {
      orgId: user.organizationId,
      userId: user.id,
      keyId: null,
      sessionId,
      scopes: scopesOf(user.role),
      models: null,
      limits: limitsInForce({}, limits.defaults, ceilings.key),
      ...organizationLimitsOf(ceilings),
      ...(privacy !== null && { privacy }),
    },
  };
}
