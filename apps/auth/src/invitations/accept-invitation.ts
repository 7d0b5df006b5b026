import { AppError, type acceptInvitationRequest, type RegisterAnswer, registerRequest } from '@aggregator/contracts';
import { isUniqueViolation } from '@aggregator/database';
import { checkBody, createUuidV7 } from '@aggregator/service-kit';
import { z } from 'zod';
import { requireSignUp } from '../accounts/sign-up-policy.ts';
import { toOrganization, toUser } from '../accounts/to-user.ts';
import { writeAudit } from '../audit/write-audit.ts';
import type { AuthContext } from '../auth-context.ts';
import type { Transaction } from '../database/create-database.ts';
import type { Invitation, User } from '../generated/prisma/client.ts';
import { lockOrganization } from '../keys/lock-organization.ts';
import { requirePlace } from '../members/require-place.ts';
import { reachFor, readStanding } from '../permissions/standing.ts';
import { hashSingleUseToken } from '../secrets/single-use-token.ts';
import { reclaimAccount } from '../sso/reclaim-account.ts';
import { isSsoRequired } from '../sso/stored-provider.ts';
import { openAt } from './to-invitation.ts';

type Parts = Pick<AuthContext, 'database' | 'passwords' | 'loginGuard' | 'signUp' | 'now'>;
type Request = z.infer<typeof acceptInvitationRequest>;

const newAccount = z.object({ password: registerRequest.shape.password, name: registerRequest.shape.name });

/**
 * Makes the person at the invited address a member: with the password of its account, else with a new account. A person who logs
 * in by single sign-on alone needs no password. The token shows that the address is the person's, and works once.
 * @throws {AppError} `invalid_token`, also if the inviter may not invite any more, or SCIM has deactivated the person;
 * `invalid_credentials` for the wrong password of an account; `sign_up_closed`;
 * `invalid_value` without what a new account needs; `access_blocked`; `conflict` if it or the organisation has too many
 * memberships; `rate_limit_exceeded`
 */
export async function acceptInvitation(
  { database, passwords, loginGuard, signUp, now: clock }: Parts,
  request: Request,
  address: string,
  requestId: string | undefined,
): Promise<RegisterAnswer> {
  loginGuard.admitAddress(address);
  const tokenHash = hashSingleUseToken(request.token);
  const invitation = await database.invitation.findFirst({ where: { tokenHash, ...openAt(clock()) } });
  if (invitation === null) throw invalidToken();
  const { email } = invitation;
  const account = await database.user.findUnique({ where: { email } });
  if (account?.blockedAt != null) throw new AppError('access_blocked');
  // The token shows that the address is the person's own. Without a password to ask for, it is enough: it opens no session.
  const hasPassword = await needsPassword(database, email, account);
  const passwordHash = !hasPassword ? null : account === null ? await hashNewPassword() : await verifyPassword(account);
  if (account === null) requireSignUp(signUp, email, true);
  const now = clock();
  const write = database.$transaction(async (transaction) => {
    await lockOrganization(transaction, invitation.organizationId);
    const taken = await transaction.invitation.updateMany({
      where: { id: invitation.id, ...openAt(now) },
      data: { acceptedAt: now },
    });
    if (taken.count === 0) throw invalidToken();
    if (!(await mayInvite(transaction, invitation))) throw invalidToken();
    if (account !== null && (await isDeactivated(transaction, invitation.organizationId, account.id))) {
      throw invalidToken();
    }
    const user =
      account === null
        ? await createUser(transaction, now, invitation, request.name ?? email, passwordHash)
        : await confirmAddress(transaction, now, account);
    const actor = { userId: user.id, keyId: null, requestId };
    // Otherwise a stranger who made the account before would keep its password, sessions and keys.
    if (!hasPassword && account?.emailVerifiedAt === null) await reclaimAccount(transaction, now, actor, account);
    const organization = await join(transaction, now, invitation, user.id);
    await writeAudit(transaction, now, actor, {
      organizationId: invitation.organizationId,
      action: 'invitation_accepted',
      subjectType: 'invitation',
      subjectId: invitation.id,
      details: { userId: user.id, role: invitation.role, invitedBy: invitation.invitedById },
    });
    return { user: toUser(user, invitation), organization: toOrganization(organization) };
  });
  return write.catch((error: unknown) => {
    if (isUniqueViolation(error)) throw new AppError('conflict', { message: 'You are a member already. Log in.' });
    throw error;
  });

  async function hashNewPassword(): Promise<string> {
    const { password } = checkBody(newAccount, { password: request.password, name: request.name });
    return await passwords.hash(password, address);
  }

  async function verifyPassword({ passwordHash: stored }: User): Promise<string> {
    loginGuard.admitLogin(address, email);
    if (stored === null || !(await passwords.verify(request.password ?? '', stored, address))) {
      throw new AppError('invalid_credentials', { param: 'password' });
    }
    loginGuard.clearLogin(address, email);
    return stored;
  }
}

/** False for a person who logs in by single sign-on alone, with an account or not. */
export async function needsPassword(
  database: AuthContext['database'],
  email: string,
  account: Pick<User, 'passwordHash'> | null,
): Promise<boolean> {
  if (await isSsoRequired(database, email)) return false;
  return account === null || account.passwordHash !== null;
}

function invalidToken(): AppError {
  const message = 'The invitation was used, was taken back or has expired. Ask for a new one.';
  return new AppError('invalid_token', { param: 'token', message });
}

/** True if the inviter could still make this invitation: an invitation can do no more than its maker. */
async function mayInvite(transaction: Transaction, invitation: Invitation): Promise<boolean> {
  const { organizationId, invitedById, role } = invitation;
  const inviter = await readStanding(transaction, organizationId, invitedById);
  if (inviter === null) return false;
  if (reachFor(inviter, role === 'owner' ? 'owners.manage' : 'members.manage') === 'none') return false;
  return (await transaction.user.count({ where: { id: invitedById, blockedAt: { not: null } } })) === 0;
}

/** True if the identity provider of the organisation has deactivated the person, who returns by it alone. */
async function isDeactivated(transaction: Transaction, organizationId: string, userId: string): Promise<boolean> {
  return (await transaction.scimUser.count({ where: { organizationId, userId, isActive: false } })) > 0;
}

async function createUser(
  transaction: Transaction,
  now: Date,
  { organizationId, email, role }: Invitation,
  name: string,
  passwordHash: string | null,
): Promise<User> {
  return await transaction.user.create({
    data: {
      ...{ id: createUuidV7(now.getTime()), organizationId, email, name, passwordHash, createdAt: now },
      ...{ role: role === 'owner' ? 'owner' : 'member', emailVerifiedAt: now },
    },
  });
}

async function confirmAddress(transaction: Transaction, now: Date, { id, emailVerifiedAt }: User): Promise<User> {
  return await transaction.user.update({ where: { id }, data: { emailVerifiedAt: emailVerifiedAt ?? now } });
}

/** Adds the membership, and the place in the team if the team still exists. */
async function join(transaction: Transaction, now: Date, { organizationId, role, teamId }: Invitation, userId: string) {
  const organization = await transaction.organization.findUniqueOrThrow({ where: { id: organizationId } });
  if (organization.blockedAt !== null) throw new AppError('access_blocked');
  if (organization.deleteAt !== null) throw invalidToken();
  await requirePlace(transaction, organizationId, userId);
  await transaction.membership.create({ data: { organizationId, userId, role, createdAt: now } });
  const team = teamId === null ? null : await transaction.team.findFirst({ where: { id: teamId, organizationId } });
  if (team !== null) {
    await transaction.teamMember.create({
      data: { teamId: team.id, organizationId, userId, role: 'member', createdAt: now },
    });
  }
  return organization;
}
