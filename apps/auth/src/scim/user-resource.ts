import type { Prisma } from '../generated/prisma/client.ts';
import type { UserDraft } from './user-draft.ts';

export const userSchema = 'urn:ietf:params:scim:schemas:core:2.0:User';
export const groupSchema = 'urn:ietf:params:scim:schemas:core:2.0:Group';
export const listSchema = 'urn:ietf:params:scim:api:messages:2.0:ListResponse';

/** A user with what one organisation knows of it. */
export const userParts = (organizationId: string) =>
  ({
    memberships: { where: { organizationId }, include: { teams: { include: { team: true } } } },
    scimUsers: { where: { organizationId } },
  }) satisfies Prisma.UserInclude;
export type UserRow = Prisma.UserGetPayload<{ include: ReturnType<typeof userParts> }>;

/** People of the organisation: its members, and leavers that its identity provider knows. */
export function usersOf(organizationId: string): Prisma.UserWhereInput {
  const known = [{ memberships: { some: { organizationId } } }, { scimUsers: { some: { organizationId } } }];
  return { isServiceAccount: false, OR: known };
}

/** The draft that describes a user as it is. */
export function toDraft({ name, email, memberships, scimUsers: [known] }: UserRow): UserDraft {
  return {
    userName: known?.userName ?? email ?? '',
    externalId: known?.externalId ?? null,
    displayName: name,
    formatted: null,
    givenName: known?.givenName ?? null,
    familyName: known?.familyName ?? null,
    email,
    isActive: memberships.length > 0,
  };
}

export function toUserResource(row: UserRow, baseUrl: string) {
  const { userName, externalId, givenName, familyName, isActive } = toDraft(row);
  const teams = row.memberships[0]?.teams ?? [];
  const changedAt = row.scimUsers[0]?.changedAt ?? row.createdAt;
  return {
    schemas: [userSchema],
    id: row.id,
    ...(externalId !== null && { externalId }),
    userName,
    displayName: row.name,
    name: {
      formatted: row.name,
      ...(givenName !== null && { givenName }),
      ...(familyName !== null && { familyName }),
    },
    emails: row.email === null ? [] : [{ value: row.email, type: 'work', primary: true }],
    active: isActive,
    groups: teams.map(({ team }) => ({ value: team.id, display: team.name, type: 'direct' })),
    meta: {
      resourceType: 'User',
      created: row.createdAt.toISOString(),
      lastModified: changedAt.toISOString(),
      location: `${baseUrl}/Users/${row.id}`,
    },
  };
}
