import { AppError, type createInvitationRequest } from '@aggregator/contracts';
import { createUuidV7 } from '@aggregator/service-kit';
import type { z } from 'zod';
import type { Caller } from '../audit/caller.ts';
import { type Actor, writeAudit } from '../audit/write-audit.ts';
import type { AuthContext } from '../auth-context.ts';
import type { Transaction } from '../database/create-database.ts';
import type { Invitation as InvitationRow, MemberRole } from '../generated/prisma/client.ts';
import { lockOrganization } from '../keys/lock-organization.ts';
import { permitNow } from '../permissions/allow-action.ts';
import { createSingleUseToken, hashSingleUseToken } from '../secrets/single-use-token.ts';

const dayMs = 86_400_000;
export const invitationLifetimeMs = 7 * dayMs;

type Parts = Pick<AuthContext, 'database' | 'mails' | 'invitationsPerDay' | 'now'>;

/**
 * Invites the person at an address, by a mail. An open invitation of the same address is replaced.
 * @throws {AppError} `insufficient_permissions`, also for an admin who invites an owner; `conflict` for a member;
 * `not_found` for a team of another organisation; `rate_limit_exceeded`; `service_unavailable` if no mail can be sent
 */
export async function createInvitation(
  { database, mails, invitationsPerDay, now: clock }: Parts,
  caller: Caller,
  { email, role, teamId, language }: z.infer<typeof createInvitationRequest>,
): Promise<InvitationRow> {
  const now = clock();
  const { orgId: organizationId, userId: invitedById } = caller.principal;
  return database.$transaction(async (transaction) => {
    await lockOrganization(transaction, organizationId);
    await permitNow(transaction, caller, role === 'owner' ? 'owners.manage' : 'members.manage');
    await refuseInVain(transaction, organizationId, email, teamId);
    const wanted = { organizationId, invitedById, email, role, teamId: teamId ?? null, language };
    return await addInvitation(transaction, now, caller, { mails, invitationsPerDay }, wanted);
  });
}

export type InvitationParts = Pick<AuthContext, 'mails' | 'invitationsPerDay'>;

interface Wanted {
  readonly organizationId: string;
  readonly invitedById: string;
  readonly email: string;
  readonly role: MemberRole;
  readonly teamId: string | null;
  readonly language: z.infer<typeof createInvitationRequest>['language'];
  /** What made the invitation, if the inviter did not. */
  readonly by?: string;
}

/**
 * Makes the invitation in place of an open one of the same address, with its mail and its audit entry. The organisation is locked.
 * @throws {AppError} `rate_limit_exceeded`; `service_unavailable` if no mail can be sent
 */
export async function addInvitation(
  transaction: Transaction,
  now: Date,
  actor: Actor,
  { mails, invitationsPerDay }: InvitationParts,
  { organizationId, invitedById, email, role, teamId, language = 'en', by }: Wanted,
): Promise<InvitationRow> {
  await refuseTooMany(transaction, now, organizationId, invitationsPerDay);
  const names = await readNames(transaction, organizationId, invitedById);
  const token = createSingleUseToken();
  const expiresAt = new Date(now.getTime() + invitationLifetimeMs);
  const link = { to: email, language, token, expiresAt: expiresAt.toISOString() };
  await mails.enqueue(transaction, now, { template: 'invitation', role, ...names, ...link });
  await transaction.invitation.updateMany({
    where: { organizationId, email, acceptedAt: null, revokedAt: null },
    data: { revokedAt: now },
  });
  const row = await transaction.invitation.create({
    data: {
      ...{ id: createUuidV7(now.getTime()), organizationId, email, role, invitedById, expiresAt, createdAt: now },
      ...{ teamId, tokenHash: hashSingleUseToken(token) },
    },
  });
  await writeAudit(transaction, now, actor, {
    ...{ organizationId, action: 'invitation_created', subjectType: 'invitation', subjectId: row.id },
    details: { role, ...(teamId !== null && { teamId }), ...(by !== undefined && { by }) },
  });
  return row;
}

async function readNames(transaction: Transaction, organizationId: string, userId: string) {
  const [organization, inviter] = await Promise.all([
    transaction.organization.findUniqueOrThrow({ where: { id: organizationId }, select: { name: true } }),
    transaction.user.findUniqueOrThrow({ where: { id: userId }, select: { name: true } }),
  ]);
  return { organizationName: organization.name, inviterName: inviter.name };
}

async function refuseInVain(
  transaction: Transaction,
  organizationId: string,
  email: string,
  teamId: string | undefined,
): Promise<void> {
  const member = await transaction.membership.findFirst({ where: { organizationId, user: { email } } });
  if (member !== null) throw new AppError('conflict', { param: 'email', message: 'This person is a member already.' });
  if (teamId === undefined) return;
  const team = await transaction.team.findFirst({ where: { id: teamId, organizationId } });
  if (team === null) throw new AppError('not_found', { param: 'teamId' });
}

/** An invitation is a mail to a stranger with a text of the organisation's: one organisation sends few of them. */
export async function refuseTooMany(transaction: Transaction, now: Date, organizationId: string, perDay: number) {
  const recent = await transaction.invitation.count({
    where: { organizationId, createdAt: { gt: new Date(now.getTime() - dayMs) } },
  });
  if (recent < perDay) return;
  throw new AppError('rate_limit_exceeded', {
    message: `An organisation can send ${perDay} invitations in 24 hours.`,
    retryAfterMs: dayMs,
  });
}
