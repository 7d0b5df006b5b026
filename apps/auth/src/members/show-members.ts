import type { LastChange, Member } from '@aggregator/contracts';
import { readLastChanges, withLastChanges } from '../audit/last-changes.ts';
import type { Database, Transaction } from '../database/create-database.ts';
import type { Prisma } from '../generated/prisma/client.ts';

export type MemberRow = Prisma.MembershipGetPayload<{ include: { user: true } }>;

/** Returns members of one organisation as the API shows them. */
export async function showMembers(
  database: Database | Transaction,
  organizationId: string,
  rows: readonly MemberRow[],
): Promise<Member[]> {
  const read = (ids: readonly string[]) => readLastChanges(database, organizationId, 'user', ids);
  return await withLastChanges(rows, ({ userId }) => userId, toMember, read);
}

/** Returns a member without the last change. */
export function toMember({ user, role, createdAt }: MemberRow): Omit<Member, keyof LastChange> {
  return {
    userId: user.id,
    name: user.name,
    email: user.email,
    role,
    isServiceAccount: user.isServiceAccount,
    blockedAt: user.blockedAt?.toISOString() ?? null,
    joinedAt: createdAt.toISOString(),
  };
}
