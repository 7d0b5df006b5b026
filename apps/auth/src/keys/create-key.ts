import { AppError, type CreateApiKeyRequest, type Scope } from '@aggregator/contracts';
import type { Caller } from '../audit/caller.ts';
import { writeAudit } from '../audit/write-audit.ts';
import type { AuthContext } from '../auth-context.ts';
import { refuseAboveCeiling } from '../limits/limits-in-force.ts';
import { readCeilings } from '../limits/read-ceilings.ts';
import type { Standing } from '../permissions/standing.ts';
import { refuseTooLong } from '../privacy/join-policies.ts';
import { readOrganizationPolicy } from '../privacy/read-policies.ts';
import { type IssuedKey, issueKey } from './issue-key.ts';
import { lockOrganization } from './lock-organization.ts';
import { readKeyOwner, refuseForeignTeam } from './place-key.ts';
import { type Maker, readMaker } from './read-maker.ts';
import { refuseEscalation } from './refuse-escalation.ts';

const defaultScopes: readonly Scope[] = ['ai:invoke', 'billing:read', 'usage:read'];
export const keysMax = 1000;

/**
 * Creates a key for the principal's organisation, with its audit entry. Throws `insufficient_permissions` if it would
 * be less restricted than its creator, `conflict` where the organisation has too many, `not_found` for a team or service account out of reach, `invalid_value` where it would be born expired, a
 * limit is above the operator's ceiling, or its policy does not fit together with the organisation's.
 */
export async function createKey(
  { database, keyHasher, now: clock, limits }: Pick<AuthContext, 'database' | 'keyHasher' | 'now' | 'limits'>,
  caller: Caller,
  standing: Standing,
  request: CreateApiKeyRequest,
): Promise<IssuedKey> {
  const { principal } = caller;
  const now = clock();
  return database.$transaction(async (transaction) => {
    await lockOrganization(transaction, principal.orgId);
    const ceilings = await readCeilings(transaction, principal.orgId, limits);
    refuseAboveCeiling(request.limits ?? {}, ceilings.key);
    const maker = await readMaker(transaction, principal, now);
    const userId = await readKeyOwner(transaction, standing, request.serviceAccountId);
    await refuseForeignTeam(transaction, standing, request.teamId);
    const held = maker.scopes;
    const scopes = [...new Set(request.scopes ?? defaultScopes.filter((scope) => held.includes(scope)))];
    if (scopes.length === 0) throw new AppError('insufficient_permissions', { param: 'scopes' });
    const wanted = { ...inherit(maker, request), scopes };
    if (wanted.expiresAt !== null && wanted.expiresAt <= now) {
      throw new AppError('invalid_value', { param: 'expiresAt', message: "'expiresAt' is in the past." });
    }
    refuseEscalation(maker, wanted, limits, ceilings);
    refuseTooLong(await readOrganizationPolicy(transaction, principal.orgId), wanted.privacy, 'the organisation');
    const unrevoked = await transaction.apiKey.count({ where: { organizationId: principal.orgId, revokedAt: null } });
    if (unrevoked >= keysMax) {
      throw new AppError('conflict', {
        message: `The organisation has ${keysMax} keys, which is the most. Revoke one first.`,
      });
    }
    const issued = await issueKey(transaction, keyHasher, now, {
      organizationId: principal.orgId,
      userId,
      name: request.name,
      ...wanted,
      createdByKeyId: maker.keyId,
    });
    await writeAudit(transaction, now, caller, {
      organizationId: principal.orgId,
      action: 'api_key_created',
      subjectType: 'api_key',
      subjectId: issued.row.id,
      details: { scopes, ownerId: userId },
    });
    return issued;
  });
}

/** What the request leaves out is as restricted as its maker. A limit of null is left out. */
function inherit(maker: Maker, request: CreateApiKeyRequest) {
  const { requestsPerMinute, tokensPerMinute, concurrentRequests } = maker.ownLimits;
  const own = request.limits ?? {};
  return {
    models: request.models ?? maker.models,
    allowedIps: request.allowedIps ?? maker.allowedIps,
    allowedOrigins: request.allowedOrigins ?? maker.allowedOrigins,
    limits: {
      requestsPerMinute: own.requestsPerMinute ?? requestsPerMinute ?? null,
      tokensPerMinute: own.tokensPerMinute ?? tokensPerMinute ?? null,
      concurrentRequests: own.concurrentRequests ?? concurrentRequests ?? null,
    },
    privacy: request.privacy ?? maker.privacy,
    cacheMarks: request.cacheMarks ?? null,
    teamId: request.teamId ?? maker.teamId,
    expiresAt: request.expiresAt === undefined ? maker.expiresAt : new Date(request.expiresAt),
  };
}
