import { AppError, type MemberRole } from '@aggregator/contracts';
import { isUniqueViolation } from '@aggregator/database';
import { createUuidV7 } from '@aggregator/service-kit';
import { z } from 'zod';
import { writeAudit } from '../audit/write-audit.ts';
import type { AuthContext } from '../auth-context.ts';
import type { Transaction } from '../database/create-database.ts';
import { lockOrganization } from '../keys/lock-organization.ts';
import { membersMax } from '../members/require-place.ts';
import { reclaimAccount } from '../sso/reclaim-account.ts';
import { ownsAddress, type ScimCaller } from './scim-caller.ts';
import { invalid } from './scim-query.ts';
import { type MembershipChange, setMembership } from './set-membership.ts';
import type { UserDraft } from './user-draft.ts';
import { toDraft, type UserRow, userParts, usersOf } from './user-resource.ts';

type Parts = Pick<AuthContext, 'database' | 'now'>;

/** People whom an identity provider may make known to one organisation, members or not. */
export const scimUsersMax = 2 * membersMax;

export interface UserChange {
  row: UserRow;
  change: MembershipChange | null;
}

/** Returns a person of the organisation. Throws `not_found`. */
export async function readUser(
  database: Parts['database'] | Transaction,
  { organizationId }: ScimCaller,
  id: string,
): Promise<UserRow> {
  const row = await database.user.findFirst({
    where: { ...usersOf(organizationId), id },
    include: userParts(organizationId),
  });
  if (row === null) throw new AppError('not_found');
  return row;
}

/**
 * Makes a person known to the organisation, and a member unless it is inactive. The account with the address is used if there is one.
 * @throws {AppError} `invalid_value` for an address that is not the organisation's; `conflict` if the organisation knows the person
 */
export async function createScimUser(
  { database, now: clock }: Parts,
  caller: ScimCaller,
  draft: UserDraft,
): Promise<UserChange> {
  const now = clock();
  const { organizationId, actor } = caller;
  const email = requireAddress(caller, draft.email ?? draft.userName);
  return inTransaction(database, caller, async (transaction) => {
    const found = await transaction.user.findUnique({ where: { email }, include: userParts(organizationId) });
    if (found !== null && (found.memberships.length > 0 || found.scimUsers.length > 0)) throw taken();
    if (found?.isOperator === true) throw new AppError('insufficient_permissions');
    await requireRoom(transaction, organizationId);
    const name = nameOf(draft) ?? email;
    const person = { id: createUuidV7(now.getTime()), organizationId, email, name, role: 'member' as const };
    const user =
      found ?? (await transaction.user.create({ data: { ...person, emailVerifiedAt: now, createdAt: now } }));
    if (found !== null && found.emailVerifiedAt === null) await reclaimAccount(transaction, now, actor, found);
    await saveKnown(transaction, now, caller, user.id, draft);
    const change = await setMembership(transaction, now, caller, user, { before: null, isActive: draft.isActive });
    return { row: await readUser(transaction, caller, user.id), change };
  });
}

/** Makes a person be as a draft of it says. `toNext` gets the present draft. Throws as `createScimUser`, and `not_found`. */
export async function changeScimUser(
  { database, now: clock }: Parts,
  caller: ScimCaller,
  id: string,
  toNext: (present: UserDraft) => UserDraft,
): Promise<UserChange> {
  const now = clock();
  return inTransaction(database, caller, async (transaction) => {
    const row = await readUser(transaction, caller, id);
    const present = toDraft(row);
    const next = toNext(present);
    // The account of a person with another address belongs to that person alone.
    if (ownsAddress(caller, row.email) && !row.isOperator) await updateAccount(transaction, now, caller, row, next);
    await saveKnown(transaction, now, caller, id, next);
    const before = row.memberships[0]?.role ?? null;
    const change = await setMembership(transaction, now, caller, row, { before, isActive: next.isActive });
    return { row: await readUser(transaction, caller, id), change };
  });
}

/** Ends the membership and forgets the person and its links. The account and its id stay. Throws `not_found`; `conflict` for the last owner. */
export async function deleteScimUser(
  { database, now: clock }: Parts,
  caller: ScimCaller,
  id: string,
): Promise<UserChange> {
  const now = clock();
  const { organizationId } = caller;
  return inTransaction(database, caller, async (transaction) => {
    const row = await readUser(transaction, caller, id);
    const before = row.memberships[0]?.role ?? null;
    const change = await setMembership(transaction, now, caller, row, { before, isActive: false });
    await transaction.scimUser.deleteMany({ where: { organizationId, userId: id } });
    await transaction.ssoIdentity.deleteMany({ where: { userId: id, provider: { organizationId } } });
    return { row, change };
  });
}

/** People who are known and no members stay known, so that there are more of them than members. Throws `conflict`. */
async function requireRoom(transaction: Transaction, organizationId: string): Promise<void> {
  if ((await transaction.scimUser.count({ where: { organizationId } })) < scimUsersMax) return;
  throw new AppError('conflict', { message: `The organisation has ${scimUsersMax} users of SCIM, which is the most.` });
}

async function inTransaction(
  database: Parts['database'],
  { organizationId }: ScimCaller,
  write: (transaction: Transaction) => Promise<UserChange>,
): Promise<UserChange> {
  const end = database.$transaction(async (transaction) => {
    await lockOrganization(transaction, organizationId);
    return await write(transaction);
  });
  return end.catch((error: unknown) => {
    throw isUniqueViolation(error) ? taken() : error;
  });
}

/** Name and address, of a person whose account is the organisation's. An address that is changed ends the links that were sent to it. */
async function updateAccount(
  transaction: Transaction,
  now: Date,
  caller: ScimCaller,
  { id, name, email, memberships: [membership] }: UserRow,
  next: UserDraft,
): Promise<void> {
  const wanted = next.email === null || next.email === email ? email : requireAddress(caller, next.email);
  const newEmail = wanted === email || (await mayMove(transaction, caller, id, membership?.role)) ? wanted : email;
  const newName = nameOf(next) ?? name;
  if (newEmail === email && newName === name) return;
  await transaction.user.update({
    where: { id },
    data: { name: newName, ...(newEmail !== email && { email: newEmail, emailVerifiedAt: now }) },
  });
  if (newEmail !== email) {
    await transaction.emailToken.updateMany({ where: { userId: id, usedAt: null }, data: { usedAt: now } });
  }
  await writeAudit(transaction, now, caller.actor, {
    organizationId: caller.organizationId,
    action: 'profile_updated',
    subjectType: 'user',
    subjectId: id,
    details: { fields: [...(newName === name ? [] : ['name']), ...(newEmail === email ? [] : ['email'])] },
  });
}

/**
 * True if a token may give an account another address: who reads mails there can set its password, and act as the person wherever
 * that is a member.
 */
async function mayMove(
  transaction: Transaction,
  { organizationId, managesOwners }: ScimCaller,
  userId: string,
  role: MemberRole | undefined,
): Promise<boolean> {
  if (role === 'owner' && !managesOwners) return false;
  return (await transaction.membership.count({ where: { userId, organizationId: { not: organizationId } } })) === 0;
}

async function saveKnown(
  transaction: Transaction,
  now: Date,
  { organizationId }: ScimCaller,
  userId: string,
  { userName, externalId, givenName, familyName, isActive }: UserDraft,
): Promise<void> {
  const names = { externalId, userName, userNameKey: userName.toLowerCase(), givenName, familyName };
  const data = { ...names, isActive, changedAt: now };
  await transaction.scimUser.upsert({
    where: { organizationId_userId: { organizationId, userId } },
    create: { ...data, organizationId, userId, createdAt: now },
    update: data,
  });
}

const address = z.email().max(254);

function requireAddress(caller: ScimCaller, text: string): string {
  const parsed = address.safeParse(text.trim());
  const email = parsed.success ? parsed.data.toLowerCase() : null;
  if (email !== null && ownsAddress(caller, email)) return email;
  throw invalid('emails', "The address must be of a domain of the organisation's identity provider.");
}

function nameOf({ displayName, formatted, givenName, familyName }: UserDraft): string | null {
  const composed = [givenName, familyName].filter((part) => part !== null && part !== '').join(' ');
  const name = (displayName ?? formatted ?? composed).trim().slice(0, 100);
  return name === '' ? null : name;
}

const taken = () => new AppError('conflict', { param: 'userName', message: 'The organisation has this user already.' });
