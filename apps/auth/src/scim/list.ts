import type { AuthContext } from '../auth-context.ts';
import type { Prisma } from '../generated/prisma/client.ts';
import { toGroupResource } from './groups.ts';
import type { ScimCaller } from './scim-caller.ts';
import { type ScimQuery, unsupportedFilter } from './scim-query.ts';
import { toListResponse } from './service-description.ts';
import { toUserResource, userParts, usersOf } from './user-resource.ts';

/** Groups of one page with all their members: a group has up to 10,000. */
const wholeGroupsMax = 10;
const uuid = /^[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}$/i;

type Parts = Pick<AuthContext, 'database'>;

/** Returns a page of the people of the organisation, oldest account first. */
export async function listUsers(
  { database }: Parts,
  { organizationId }: ScimCaller,
  query: ScimQuery,
  baseUrl: string,
) {
  const where: Prisma.UserWhereInput = { AND: [usersOf(organizationId), toUserWhere(organizationId, query.filter)] };
  const [total, rows] = await Promise.all([
    database.user.count({ where }),
    query.take === 0
      ? []
      : database.user.findMany({
          ...{ where, include: userParts(organizationId), orderBy: { id: 'asc' } },
          ...{ skip: query.skip, take: query.take },
        }),
  ]);
  return toListResponse(
    rows.map((row) => toUserResource(row, baseUrl)),
    total,
    query.skip,
  );
}

function toUserWhere(organizationId: string, filter: ScimQuery['filter']): Prisma.UserWhereInput {
  if (filter === null) return {};
  const { attribute, value } = filter;
  const email = value.toLowerCase();
  if (attribute === 'id') return uuid.test(value) ? { id: value } : { id: { in: [] } };
  if (attribute === 'emails') return { email };
  if (attribute === 'externalid') return { scimUsers: { some: { organizationId, externalId: value } } };
  if (attribute !== 'username') throw unsupportedFilter();
  const named = { scimUsers: { some: { organizationId, userNameKey: email } } };
  return { OR: [named, { email, scimUsers: { none: { organizationId } } }] };
}

/** Returns a page of the teams of the organisation. With members, it has at most 10. */
export async function listGroups(
  { database }: Parts,
  { organizationId }: ScimCaller,
  query: ScimQuery,
  baseUrl: string,
) {
  const where = { organizationId, ...toGroupWhere(query.filter) };
  const { skip, withMembers } = query;
  const take = withMembers ? Math.min(query.take, wholeGroupsMax) : query.take;
  const [total, rows] = await Promise.all([
    database.team.count({ where }),
    take === 0
      ? []
      : database.team.findMany({
          where,
          skip,
          take,
          orderBy: { id: 'asc' },
          ...(withMembers && { include: { members: true } }),
        }),
  ]);
  return toListResponse(
    rows.map((row) => toGroupResource(row, baseUrl)),
    total,
    skip,
  );
}

function toGroupWhere(filter: ScimQuery['filter']): Prisma.TeamWhereInput {
  if (filter === null) return {};
  const { attribute, value } = filter;
  if (attribute === 'id') return uuid.test(value) ? { id: value } : { id: { in: [] } };
  if (attribute === 'displayname') return { name: value };
  if (attribute === 'externalid') return { externalId: value };
  throw unsupportedFilter();
}
