import { AppError, checkBody } from '@aggregator/contracts';
import { isUniqueViolation } from '@aggregator/database';
import { z } from 'zod';
import { writeAudit } from '../audit/write-audit.ts';
import type { AuthContext } from '../auth-context.ts';
import type { Transaction } from '../database/create-database.ts';
import type { Prisma, Team } from '../generated/prisma/client.ts';
import { lockOrganization } from '../keys/lock-organization.ts';
import { dropTeam } from '../teams/change-team.ts';
import { addTeam } from '../teams/create-team.ts';
import { enterTeam, leaveTeam } from '../teams/set-place.ts';
import type { ScimCaller } from './scim-caller.ts';
import type { ScimChange } from './scim-patch.ts';
import { invalid } from './scim-query.ts';
import { findHeir } from './set-membership.ts';
import { groupSchema } from './user-resource.ts';

type Parts = Pick<AuthContext, 'database' | 'now'>;
export type GroupRow = Prisma.TeamGetPayload<{ include: { members: true } }>;

/** What an identity provider says of a group. */
export interface GroupDraft {
  displayName: string;
  externalId: string | null;
  memberIds: Set<string>;
}

const memberMax = 10_000;
const reference = z.object({ value: z.uuid() });
const references = z.array(reference).max(memberMax);
const displayName = z.string().trim().min(1).max(100);
const resource = z.object({
  displayName,
  externalId: z.string().max(256).nullish(),
  members: references.nullish(),
});

/** Reads the body of a creation or a replacement. Throws `invalid_value`. */
export function readGroupResource(raw: unknown): GroupDraft {
  const { displayName: name, externalId, members } = checkBody(resource, raw);
  return {
    displayName: name,
    externalId: externalId ?? null,
    memberIds: new Set((members ?? []).map(({ value }) => value)),
  };
}

/** Returns the draft with the changes of a PATCH. Attributes that are not kept are ignored. Throws `invalid_value`. */
export function changeGroupDraft(draft: GroupDraft, changes: readonly ScimChange[]): GroupDraft {
  const next = { ...draft, memberIds: new Set(draft.memberIds) };
  for (const { op, attribute, selected, value } of changes) {
    if (attribute === 'displayname' && op !== 'remove') next.displayName = textOf(displayName, value, attribute);
    else if (attribute === 'externalid')
      next.externalId = op === 'remove' ? null : textOf(z.string().max(256), value, attribute);
    else if (attribute === 'members') changeMembers(next.memberIds, op, selected, value);
  }
  return next;
}

function changeMembers(memberIds: Set<string>, op: ScimChange['op'], selected: string | null, value: unknown): void {
  const parsed = references.safeParse(value === undefined || value === null ? [] : [value].flat());
  if (!parsed.success) throw invalid('members', "'members' must be a list of {value: id of a user}.");
  const named = [...parsed.data.map((member) => member.value), ...(selected === null ? [] : [selected])];
  if (op === 'replace' || (op === 'remove' && named.length === 0)) memberIds.clear();
  for (const id of named) {
    if (op === 'remove') memberIds.delete(id);
    else memberIds.add(id);
  }
}

function textOf(schema: z.ZodString, value: unknown, attribute: string): string {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw invalid(attribute, `'${attribute}' must be a text.`);
  return parsed.data;
}

/** Returns a team of the organisation. Throws `not_found`. */
export async function readGroup(
  database: Parts['database'] | Transaction,
  { organizationId }: ScimCaller,
  id: string,
): Promise<GroupRow> {
  const row = await database.team.findFirst({ where: { id, organizationId }, include: { members: true } });
  if (row === null) throw new AppError('not_found');
  return row;
}

/** Makes a team with its members. Throws `conflict` if its name is taken. */
export async function createGroup(
  { database, now: clock }: Parts,
  caller: ScimCaller,
  draft: GroupDraft,
): Promise<GroupRow> {
  const now = clock();
  const { organizationId, actor } = caller;
  return inTransaction(database, caller, async (transaction) => {
    const { displayName: name, externalId } = draft;
    const team = await addTeam(transaction, now, actor, { organizationId, name, models: null, externalId });
    await placeMembers(transaction, now, caller, { ...team, members: [] }, draft.memberIds);
    return await readGroup(transaction, caller, team.id);
  });
}

/** Makes a team be as a draft of it says. `toNext` gets the present draft. Throws `not_found`, `conflict`. */
export async function changeGroup(
  { database, now: clock }: Parts,
  caller: ScimCaller,
  id: string,
  toNext: (present: GroupDraft) => GroupDraft,
): Promise<GroupRow> {
  const now = clock();
  return inTransaction(database, caller, async (transaction) => {
    const row = await readGroup(transaction, caller, id);
    const memberIds = new Set(row.members.map(({ userId }) => userId));
    const next = toNext({ displayName: row.name, externalId: row.externalId, memberIds });
    await rename(transaction, now, caller, row, next);
    await placeMembers(transaction, now, caller, row, next.memberIds);
    return await readGroup(transaction, caller, id);
  });
}

/** Deletes a team and revokes its API keys. Throws `not_found`. */
export async function deleteGroup({ database, now: clock }: Parts, caller: ScimCaller, id: string): Promise<void> {
  const now = clock();
  await inTransaction(database, caller, async (transaction) => {
    await dropTeam(transaction, now, caller.actor, await readGroup(transaction, caller, id));
  });
}

async function rename(
  transaction: Transaction,
  now: Date,
  { actor, organizationId }: ScimCaller,
  { id, name, externalId }: Team,
  next: GroupDraft,
): Promise<void> {
  if (next.displayName === name && next.externalId === externalId) return;
  await transaction.team.update({ where: { id }, data: { name: next.displayName, externalId: next.externalId } });
  await writeAudit(transaction, now, actor, {
    ...{ organizationId, action: 'team_updated', subjectType: 'team', subjectId: id },
    details: { nameBefore: name, nameAfter: next.displayName },
  });
}

/** People that are no members of the organisation are left out: they are inactive, and have no access to give. */
async function placeMembers(
  transaction: Transaction,
  now: Date,
  caller: ScimCaller,
  { id: teamId, members }: GroupRow,
  wanted: ReadonlySet<string>,
): Promise<void> {
  const { organizationId, actor } = caller;
  const present = new Map(members.map(({ userId, role }) => [userId, role]));
  const missing = [...wanted].filter((userId) => !present.has(userId));
  const joining = await transaction.membership.findMany({
    where: { organizationId, userId: { in: missing } },
    select: { userId: true },
  });
  for (const { userId } of joining) {
    await enterTeam(transaction, now, actor, { organizationId, teamId, userId, before: null }, 'member');
  }
  for (const [userId, before] of present) {
    if (wanted.has(userId)) continue;
    const heir = await findHeir(transaction, caller, userId);
    await leaveTeam(transaction, now, actor, { organizationId, teamId, userId, before }, heir);
  }
}

async function inTransaction<Result>(
  database: Parts['database'],
  { organizationId }: ScimCaller,
  write: (transaction: Transaction) => Promise<Result>,
): Promise<Result> {
  const end = database.$transaction(
    async (transaction) => {
      await lockOrganization(transaction, organizationId);
      return await write(transaction);
    },
    { timeout: 60_000 },
  );
  return end.catch((error: unknown) => {
    if (!isUniqueViolation(error)) throw error;
    throw new AppError('conflict', {
      param: 'displayName',
      message: 'Another team of the organisation has this name.',
    });
  });
}

export function toGroupResource(row: Team & { members?: GroupRow['members'] }, baseUrl: string) {
  return {
    schemas: [groupSchema],
    id: row.id,
    ...(row.externalId !== null && { externalId: row.externalId }),
    displayName: row.name,
    ...(row.members !== undefined && {
      members: row.members.map(({ userId }) => ({ value: userId, $ref: `${baseUrl}/Users/${userId}`, type: 'User' })),
    }),
    meta: { resourceType: 'Group', created: row.createdAt.toISOString(), location: `${baseUrl}/Groups/${row.id}` },
  };
}
