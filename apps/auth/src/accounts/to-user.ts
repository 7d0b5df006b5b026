import type { Organization, User } from '@aggregator/contracts';
import type { Organization as OrganizationRow, User as UserRow } from '../generated/prisma/client.ts';
import { readStoredPolicy } from '../privacy/stored-policy.ts';

export function toUser(row: UserRow): User {
  return {
    id: row.id,
    email: row.email,
    name: row.name,
    role: row.role,
    organizationId: row.organizationId,
    createdAt: row.createdAt.toISOString(),
  };
}

export function toOrganization(row: OrganizationRow): Organization {
  return {
    id: row.id,
    name: row.name,
    privacy: readStoredPolicy(row.privacy),
    createdAt: row.createdAt.toISOString(),
  };
}
