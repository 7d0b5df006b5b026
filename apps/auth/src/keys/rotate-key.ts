import { AppError } from '@aggregator/contracts';
import { requireMatch } from '@aggregator/service-kit';
import type { Caller } from '../audit/caller.ts';
import { showOne } from '../audit/show-one.ts';
import { writeAudit } from '../audit/write-audit.ts';
import type { AuthContext } from '../auth-context.ts';
import type { Transaction } from '../database/create-database.ts';
import type { ApiKey as ApiKeyRow } from '../generated/prisma/client.ts';
import { readCeilings } from '../limits/read-ceilings.ts';
import { keysInReach } from '../permissions/in-reach.ts';
import type { Standing } from '../permissions/standing.ts';
import { type IssuedKey, issueKey } from './issue-key.ts';
import { lockOrganization } from './lock-organization.ts';
import { readMaker } from './read-maker.ts';
import { refuseEscalation } from './refuse-escalation.ts';
import { showKeys } from './show-keys.ts';
import { readGrant } from './stored-key.ts';

export interface KeyRotation {
  old: ApiKeyRow;
  issued: IssuedKey;
}

/**
 * Puts a new key with the same rights in an old one's place. The old one works for another `overlapSeconds` (0 ends it at
 * once). Throws `not_found`, `conflict` if it was revoked or blocked, has expired or was rotated before, and
 * `insufficient_permissions` where it holds what the principal lacks.
 */
export async function rotateKey(
  { database, keyHasher, now: clock, limits }: Pick<AuthContext, 'database' | 'keyHasher' | 'now' | 'limits'>,
  caller: Caller,
  standing: Standing,
  target: { keyId: string; overlapSeconds: number },
): Promise<KeyRotation> {
  const { principal } = caller;
  const now = clock();
  return database.$transaction(async (transaction) => {
    await lockOrganization(transaction, principal.orgId);
    const old = await findUsable(transaction, now, standing, target.keyId);
    await requireMatch(caller.ifMatch, () => showOne(showKeys(transaction, limits, principal.orgId, [old])));
    const grant = readGrant(old);
    const ceilings = await readCeilings(transaction, principal.orgId, limits);
    const maker = await readMaker(transaction, principal, now);
    refuseEscalation(maker, { ...grant, expiresAt: old.expiresAt, teamId: old.teamId }, limits, ceilings);
    const issued = await issueKey(transaction, keyHasher, now, {
      organizationId: old.organizationId,
      userId: old.userId,
      teamId: old.teamId,
      name: old.name,
      scopes: grant.scopes,
      models: grant.models,
      allowedIps: grant.allowedIps,
      allowedOrigins: grant.allowedOrigins,
      limits: grant.limits,
      privacy: grant.privacy,
      cacheMarks: grant.cacheMarks,
      expiresAt: old.expiresAt,
      // A key that rotates a key, or itself, learns the new one: it is its maker, and takes it along if it is revoked.
      createdByKeyId: maker.keyId ?? old.createdByKeyId,
    });
    await transaction.apiKey.update({
      where: { id: old.id },
      data: { replacedById: issued.row.id, ...endOf(old, now, target.overlapSeconds) },
    });
    await writeAudit(transaction, now, caller, {
      organizationId: principal.orgId,
      action: 'api_key_rotated',
      subjectType: 'api_key',
      subjectId: old.id,
      details: { replacedBy: issued.row.id, overlapSeconds: target.overlapSeconds },
    });
    return { old, issued };
  });
}

async function findUsable(transaction: Transaction, now: Date, standing: Standing, id: string): Promise<ApiKeyRow> {
  const row = await transaction.apiKey.findFirst({ where: { ...keysInReach(standing), id } });
  if (row === null) throw new AppError('not_found');
  const isOver = row.revokedAt !== null || (row.expiresAt !== null && row.expiresAt <= now);
  if (isOver) throw new AppError('conflict', { message: 'The key was revoked or has expired. Create a new one.' });
  if (row.blockedAt !== null) {
    throw new AppError('conflict', { message: 'The operator has blocked the key. Create a new one.' });
  }
  if (row.replacedById !== null) {
    throw new AppError('conflict', { message: 'The key was rotated before. Rotate the one in its place.' });
  }
  return row;
}

function endOf(old: ApiKeyRow, now: Date, overlapSeconds: number): { revokedAt: Date } | { expiresAt: Date } {
  if (overlapSeconds === 0) return { revokedAt: now };
  const overlapEnd = new Date(now.getTime() + overlapSeconds * 1000);
  return { expiresAt: old.expiresAt !== null && old.expiresAt < overlapEnd ? old.expiresAt : overlapEnd };
}
