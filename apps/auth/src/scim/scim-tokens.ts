import { randomBytes } from 'node:crypto';
import { AppError, type CreateScimTokenRequest, type ScimToken, ssoRole } from '@aggregator/contracts';
import { createUuidV7 } from '@aggregator/service-kit';
import type { Caller } from '../audit/caller.ts';
import { writeAudit } from '../audit/write-audit.ts';
import type { AuthContext } from '../auth-context.ts';
import type { ScimToken as Row } from '../generated/prisma/client.ts';
import { sha256Hex } from '../keys/key-hasher.ts';
import { lockOrganization } from '../keys/lock-organization.ts';
import { permitNow } from '../permissions/allow-action.ts';
import { readStanding } from '../permissions/standing.ts';

export const scimTokensMax = 10;
export const scimTokenPrefix = 'ags_';

type Parts = Pick<AuthContext, 'database' | 'now' | 'keyHasher'>;

/** Creates a token; only this returns its text. Throws `conflict` if there are too many, `invalid_value` if no member gets the keys. */
export async function createScimToken(
  { database, now: clock, keyHasher }: Parts,
  caller: Caller,
  { name, role, handKeysTo }: CreateScimTokenRequest,
): Promise<{ row: Row; token: string }> {
  const now = clock();
  const { orgId: organizationId, userId } = caller.principal;
  const token = `${scimTokenPrefix}${randomBytes(32).toString('base64url')}`;
  return database.$transaction(async (transaction) => {
    await lockOrganization(transaction, organizationId);
    await permitNow(transaction, caller, 'members.manage');
    if ((await transaction.scimToken.count({ where: { organizationId, revokedAt: null } })) >= scimTokensMax) {
      throw new AppError('conflict', { message: `The organisation has ${scimTokensMax} tokens, which is the most.` });
    }
    if (handKeysTo !== undefined && (await readStanding(transaction, organizationId, handKeysTo)) === null) {
      throw new AppError('invalid_value', { param: 'handKeysTo', message: "'handKeysTo' must be a member." });
    }
    const id = createUuidV7(now.getTime());
    const row = await transaction.scimToken.create({
      data: {
        ...{ id, organizationId, name, role, handKeysTo: handKeysTo ?? null, createdById: userId, createdAt: now },
        ...{ tokenHmac: keyHasher.toStored(sha256Hex(token), id).keyHmac, last4: token.slice(-4) },
      },
    });
    await writeAudit(transaction, now, caller, {
      ...{ organizationId, action: 'scim_token_created', subjectType: 'scim_token', subjectId: id },
      details: { role },
    });
    return { row, token };
  });
}

/** Revokes a token at once. Throws `not_found`. */
export async function revokeScimToken({ database, now: clock }: Parts, caller: Caller, id: string): Promise<void> {
  const now = clock();
  const { orgId: organizationId } = caller.principal;
  await database.$transaction(async (transaction) => {
    await permitNow(transaction, caller, 'members.manage');
    const revoked = await transaction.scimToken.updateMany({
      where: { id, organizationId, revokedAt: null },
      data: { revokedAt: now },
    });
    if (revoked.count === 0) throw new AppError('not_found');
    await writeAudit(transaction, now, caller, {
      ...{ organizationId, action: 'scim_token_revoked', subjectType: 'scim_token', subjectId: id },
    });
  });
}

export function toScimToken({ id, name, last4, role, handKeysTo, createdById, createdAt }: Row): ScimToken {
  return { id, name, last4, role: ssoRole.parse(role), handKeysTo, createdById, createdAt: createdAt.toISOString() };
}
