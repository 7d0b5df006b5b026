import { type BulkRow, scopesOf } from '@aggregator/contracts';
import { createUuidV7 } from '@aggregator/service-kit';
import { type Actor, writeAudit } from '../audit/write-audit.ts';
import { refuseTooManyBudgets } from '../budgets/create-budget.ts';
import type { Transaction } from '../database/create-database.ts';
import type { MemberRole } from '../generated/prisma/client.ts';
import { Prisma } from '../generated/prisma/client.ts';
import { keysMax } from '../keys/create-key.ts';
import { issueKey } from '../keys/issue-key.ts';
import type { KeyHasher } from '../keys/key-hasher.ts';

/** Name of the budgets that lists make, by which a later list finds them. */
export const bulkBudgetName = 'bulk';
const alertsAt = [50, 80, 100];
const scopes = ['ai:invoke', 'billing:read', 'usage:read'] as const;

interface Place {
  readonly organizationId: string;
  readonly level: 'team' | 'user';
  readonly subjectId: string;
}

type Wanted = Pick<BulkRow, 'budgetNanoUsd' | 'budgetPeriod'>;

/**
 * Makes or changes the hard budget of a team or a user. Returns true if something changes; a dry run writes nothing. Throws `conflict` if
 * there are too many budgets for a further one.
 */
export async function putBudget(
  transaction: Transaction,
  now: Date,
  actor: Actor,
  place: Place,
  { budgetNanoUsd, budgetPeriod: period = 'month' }: Wanted,
  isDryRun: boolean,
): Promise<boolean> {
  if (budgetNanoUsd === undefined) return false;
  const amount = BigInt(budgetNanoUsd);
  const found = await transaction.budget.findFirst({ where: { ...place, name: bulkBudgetName } });
  if (found !== null && found.amount === amount && found.period === period) return false;
  if (found === null) await refuseTooManyBudgets(transaction, place.organizationId, place.level, place.subjectId);
  if (isDryRun) return true;
  const change = { amount, period, changedById: actor.userId, updatedAt: now };
  const id = found?.id ?? createUuidV7(now.getTime());
  const fixed = { name: bulkBudgetName, timeZone: 'UTC', models: Prisma.DbNull, mode: 'hard', alertsAt };
  await transaction.budget.upsert({
    where: { id },
    create: { ...place, ...fixed, ...change, id, createdAt: now },
    update: change,
  });
  await writeAudit(transaction, now, actor, {
    ...{ organizationId: place.organizationId, subjectType: 'budget', subjectId: id },
    action: found === null ? 'budget_created' : 'budget_updated',
    details: { level: place.level, of: place.subjectId, period, amountNanoUsd: budgetNanoUsd, by: 'bulk' },
  });
  return true;
}

/**
 * Makes an API key of a member unless it has one of that name. Returns its text; null if there is nothing to make, and the reason if
 * it cannot be made.
 */
export async function makeKey(
  transaction: Transaction,
  now: Date,
  actor: Actor,
  keyHasher: KeyHasher,
  { organizationId, userId, name, role, teamId }: KeyWanted,
): Promise<{ key: string } | { refusal: string } | null> {
  const where = { organizationId, revokedAt: null };
  if ((await transaction.apiKey.count({ where: { ...where, userId, name } })) > 0) return null;
  if ((await transaction.apiKey.count({ where })) >= keysMax) {
    return { refusal: `The organisation has ${keysMax} keys, which is the most.` };
  }
  const held = scopesOf([role]);
  const granted = scopes.filter((scope) => held.includes(scope));
  if (granted.length === 0) return { refusal: 'The role can hold no API key.' };
  const { key, row } = await issueKey(transaction, keyHasher, now, {
    ...{ organizationId, userId, teamId, name, scopes: granted, models: null, allowedIps: null, allowedOrigins: null },
    ...{ limits: {}, privacy: null, cacheMarks: null, expiresAt: null, createdByKeyId: null },
  });
  await writeAudit(transaction, now, actor, {
    ...{ organizationId, action: 'api_key_created', subjectType: 'api_key', subjectId: row.id },
    details: { scopes: granted, ownerId: userId, by: 'bulk' },
  });
  return { key };
}

interface KeyWanted {
  readonly organizationId: string;
  readonly userId: string;
  readonly name: string;
  readonly role: MemberRole;
  readonly teamId: string | null;
}
