import { AppError, type BulkResult, type BulkRow, type BulkTeamRow, bulkRow, bulkTeamRow } from '@aggregator/contracts';
import { createUuidV7 } from '@aggregator/service-kit';
import { type Actor, writeAudit } from '../audit/write-audit.ts';
import type { Transaction } from '../database/create-database.ts';
import type { BulkJob, Prisma } from '../generated/prisma/client.ts';
import type { InvitationParts } from '../invitations/create-invitation.ts';
import type { KeyHasher } from '../keys/key-hasher.ts';
import { membersMax } from '../members/require-place.ts';
import { membershipsPerUserMax } from '../sessions/choose-organization.ts';
import { reclaimAccount } from '../sso/reclaim-account.ts';
import { toDomain } from '../sso/stored-provider.ts';
import { addTeam } from '../teams/create-team.ts';
import { enterTeam } from '../teams/set-place.ts';
import { inviteRow } from './invite-row.ts';
import { makeKey, putBudget } from './row-grants.ts';

/** What a row of a list needs beside the database. */
export interface RowParts {
  readonly keyHasher: KeyHasher;
  /** What invitations need. */
  readonly invitations: InvitationParts;
}

/** What became of a row. */
export interface RowEnd {
  result: BulkResult;
  message: string | null;
  userId: string | null;
  hasBudget?: boolean;
  key?: string;
}

export const failed = (message: string): RowEnd => ({ result: 'failed', message, userId: null });

const accountParts = (organizationId: string) => ({
  memberships: { where: { organizationId }, include: { teams: { include: { team: true } } } },
});
type Account = Prisma.UserGetPayload<{ include: ReturnType<typeof accountParts> }>;

/** Makes people members. A second row of the same person, or a second job, finds what the first one did. */
export class RowWorker {
  readonly #transaction: Transaction;
  readonly #now: Date;
  readonly #job: BulkJob;
  readonly #actor: Actor;
  readonly #teams = new Map<string, string>();
  #domains: ReadonlySet<string> | null = null;
  /** Accounts by address, as they were before the chunk; an address that a row changed is read again. */
  readonly #known = new Map<string, Account>();
  readonly #read = new Set<string>();
  #members: number | null = null;

  readonly #parts: RowParts;

  constructor(transaction: Transaction, now: Date, job: BulkJob, parts: RowParts) {
    this.#parts = parts;
    this.#transaction = transaction;
    this.#now = now;
    this.#job = job;
    this.#actor = { userId: job.createdById, keyId: null, requestId: job.requestId ?? undefined };
  }

  /** Reads the accounts of a chunk by one query. */
  async read(emails: readonly string[]): Promise<void> {
    const where = { email: { in: [...emails] } };
    const rows = await this.#transaction.user.findMany({ where, include: accountParts(this.#job.organizationId) });
    for (const email of emails) this.#read.add(email);
    for (const row of rows) this.#known.set(row.email ?? '', row);
  }

  async #find(email: string): Promise<Account | null> {
    if (!this.#read.has(email)) await this.read([email]);
    // The next row of the same person must see what this one does.
    this.#read.delete(email);
    return this.#known.get(email) ?? null;
  }

  async workOn(input: unknown): Promise<RowEnd> {
    const team = bulkTeamRow.safeParse(input);
    if (team.success) return await this.#workOnTeam(team.data);
    const row = bulkRow.parse(input);
    const end = await this.#workOnPerson(row);
    return end.result === 'failed' ? end : await this.#grant(row, end);
  }

  async #workOnTeam({ name, ...budget }: BulkTeamRow): Promise<RowEnd> {
    const { organizationId, isDryRun } = this.#job;
    const found = await this.#transaction.team.findFirst({ where: { organizationId, name }, select: { id: true } });
    if (found === null && isDryRun) return { result: 'created', message: null, userId: null };
    if (!(await this.#makeTeams([name]))) return failed('The organisation has the most teams.');
    const place = { organizationId, level: 'team', subjectId: await this.#findTeam(name) } as const;
    const { hasBudget, message } = await this.#putBudget(place, budget);
    const result = found === null ? 'created' : hasBudget ? 'changed' : 'unchanged';
    return { result, message, userId: null, hasBudget };
  }

  /** `message`: why there is no further budget. */
  async #putBudget(
    place: Parameters<typeof putBudget>[3],
    row: Parameters<typeof putBudget>[4],
  ): Promise<{ hasBudget: boolean; message: string | null }> {
    const { isDryRun } = this.#job;
    try {
      const hasBudget = await putBudget(this.#transaction, this.#now, this.#actor, place, row, isDryRun);
      return { hasBudget, message: null };
    } catch (error) {
      if (error instanceof AppError && error.code === 'conflict')
        return { hasBudget: false, message: error.publicMessage };
      throw error;
    }
  }

  /** The budget and the API key of a person who is a member by now. */
  async #grant(row: BulkRow, end: RowEnd): Promise<RowEnd> {
    const { organizationId, isDryRun, isByOperator } = this.#job;
    if (row.budgetNanoUsd === undefined && row.key === undefined) return end;
    const member = await this.#transaction.membership.findFirst({
      where: { organizationId, user: { email: row.email } },
    });
    if (member === null) return end;
    const { userId, role } = member;
    const place = { organizationId, level: 'user', subjectId: userId } as const;
    const { hasBudget, message } = await this.#putBudget(place, row);
    const changed = (more: boolean) => ({
      ...{ ...end, hasBudget, message: message ?? end.message },
      result: end.result === 'unchanged' && more ? ('changed' as const) : end.result,
    });
    if (row.key === undefined || isDryRun) return changed(hasBudget);
    if (isByOperator) return { ...changed(hasBudget), message: 'Owners and admins make API keys.' };
    const [first] = row.teams;
    const teamId = first === undefined ? null : await this.#findTeam(first);
    const wanted = { organizationId, userId, name: row.key, role, teamId };
    const made = await makeKey(this.#transaction, this.#now, this.#actor, this.#parts.keyHasher, wanted);
    if (made !== null && 'refusal' in made) return { ...changed(hasBudget), message: made.refusal };
    return { ...changed(hasBudget || made !== null), ...(made !== null && { key: made.key }) };
  }

  async #workOnPerson(row: BulkRow): Promise<RowEnd> {
    const { isByOperator, isDryRun } = this.#job;
    const found = await this.#find(row.email);
    const [membership] = found?.memberships ?? [];
    if (membership === undefined) {
      if (!isByOperator && !(await this.#ownsDomain(row.email))) {
        if (row.invite !== true) return failed('The address is of no domain of the organisation. Invite the person.');
        return { ...(await this.#invite(row)), userId: null };
      }
      if (found?.isOperator === true && !isByOperator) return failed('This person cannot be added.');
      const result: BulkResult = found === null ? 'created' : 'joined';
      if (isDryRun) return { result, message: null, userId: null };
      if (!(await this.#makeTeams(row.teams))) return failed('The organisation has the most teams.');
      const userId = found?.id ?? createUuidV7(this.#now.getTime());
      const refusal = await this.#join(userId, row, found);
      if (refusal !== null) return refusal;
      await this.#place(userId, row.teams);
      return { result, message: null, userId };
    }
    const present = new Set(membership.teams.map(({ team }) => team.name));
    const missing = row.teams.filter((name) => !present.has(name));
    const isOwner = membership.role === 'owner' && row.role !== undefined;
    const isRoleNew = !isOwner && row.role !== undefined && row.role !== membership.role;
    const message = isOwner ? 'An owner keeps the role.' : null;
    if (!isRoleNew && missing.length === 0) return { result: 'unchanged', message, userId: null };
    const { userId } = membership;
    if (isDryRun) return { result: 'changed', message, userId: null };
    if (!(await this.#makeTeams(missing))) return failed('The organisation has the most teams.');
    if (isRoleNew && row.role !== undefined) await this.#setRole(userId, membership.role, row.role);
    await this.#place(userId, missing);
    return { result: 'changed', message, userId };
  }

  #invite(row: BulkRow): ReturnType<typeof inviteRow> {
    const place = { transaction: this.#transaction, now: this.#now, actor: this.#actor, job: this.#job };
    return inviteRow({ ...place, findTeam: (name) => this.#findTeam(name) }, this.#parts.invitations, row);
  }

  async #ownsDomain(email: string): Promise<boolean> {
    if (this.#domains === null) {
      const where = { organizationId: this.#job.organizationId };
      const providers = await this.#transaction.ssoProvider.findMany({ where, select: { domains: true } });
      this.#domains = new Set(providers.flatMap(({ domains }) => domains));
    }
    return this.#domains.has(toDomain(email));
  }

  async #join(
    userId: string,
    row: BulkRow,
    found: Parameters<typeof reclaimAccount>[3] | null,
  ): Promise<RowEnd | null> {
    const { organizationId, isByOperator } = this.#job;
    if (!(await this.#hasPlace(found))) return failed('The person, or the organisation, has the most memberships.');
    if (found === null) {
      const { email, name = email } = row;
      const person = { id: userId, organizationId, email, name, role: 'member' as const, createdAt: this.#now };
      await this.#transaction.user.create({ data: { ...person, emailVerifiedAt: isByOperator ? null : this.#now } });
    } else if (!isByOperator && found.emailVerifiedAt === null) {
      await reclaimAccount(this.#transaction, this.#now, this.#actor, found);
    }
    const role = row.role ?? 'developer';
    await this.#transaction.membership.create({ data: { organizationId, userId, role, createdAt: this.#now } });
    await writeAudit(this.#transaction, this.#now, this.#actor, {
      ...{ organizationId, action: 'member_joined', subjectType: 'user', subjectId: userId },
      details: { role, by: 'bulk', job: this.#job.id },
    });
    return null;
  }

  /** The members are counted once: the organisation is locked. */
  async #hasPlace(found: { id: string } | null): Promise<boolean> {
    const { organizationId } = this.#job;
    const of = (where: object) => this.#transaction.membership.count({ where });
    this.#members ??= await of({ organizationId });
    if (this.#members >= membersMax) return false;
    if (found !== null && (await of({ userId: found.id })) >= membershipsPerUserMax) return false;
    this.#members += 1;
    return true;
  }

  async #setRole(userId: string, before: string, role: NonNullable<BulkRow['role']>): Promise<void> {
    const { organizationId } = this.#job;
    await this.#transaction.membership.update({
      where: { organizationId_userId: { organizationId, userId } },
      data: { role },
    });
    await writeAudit(this.#transaction, this.#now, this.#actor, {
      ...{ organizationId, action: 'member_role_changed', subjectType: 'user', subjectId: userId },
      details: { before, after: role, by: 'bulk', job: this.#job.id },
    });
  }

  async #place(userId: string, names: readonly string[]): Promise<void> {
    const { organizationId } = this.#job;
    for (const name of new Set(names)) {
      const place = { organizationId, teamId: await this.#findTeam(name), userId, before: null };
      await enterTeam(this.#transaction, this.#now, this.#actor, place, 'member');
    }
  }

  /** False if there is no room for them. */
  async #makeTeams(names: readonly string[]): Promise<boolean> {
    try {
      for (const name of names) await this.#findTeam(name);
      return true;
    } catch (error) {
      if (error instanceof AppError && error.code === 'conflict') return false;
      throw error;
    }
  }

  async #findTeam(name: string): Promise<string> {
    const known = this.#teams.get(name);
    if (known !== undefined) return known;
    const { organizationId } = this.#job;
    const found = await this.#transaction.team.findFirst({ where: { organizationId, name }, select: { id: true } });
    const { id } =
      found ?? (await addTeam(this.#transaction, this.#now, this.#actor, { organizationId, name, models: null }));
    this.#teams.set(name, id);
    return id;
  }
}
