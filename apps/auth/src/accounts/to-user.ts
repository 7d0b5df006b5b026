import { AppError, type MemberRole, type Organization, type User } from '@aggregator/contracts';
import type { Organization as OrganizationRow, User as UserRow } from '../generated/prisma/client.ts';
import { readStoredPolicy } from '../privacy/stored-policy.ts';

/** A user as a member of one of its organisations. Throws for a service account, which has no profile. */
export function toUser(row: UserRow, { organizationId, role }: { organizationId: string; role: MemberRole }): User {
  if (row.email === null) throw new AppError('not_found');
  return {
    id: row.id,
    email: row.email,
    name: row.name,
    role,
    isOperator: row.isOperator,
    organizationId,
    createdAt: row.createdAt.toISOString(),
  };
}

export function toOrganization(row: OrganizationRow): Organization {
  return {
    id: row.id,
    name: row.name,
    privacy: readStoredPolicy(row.privacy),
    storesResponses: row.storesResponses,
    tagKeys: row.tagKeys,
    createdAt: row.createdAt.toISOString(),
  };
}
