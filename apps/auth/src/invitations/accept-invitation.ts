import { AppError, type acceptInvitationRequest, type RegisterAnswer, registerRequest } from '@aggregator/contracts';
import { checkBody, createUuidV7 } from '@aggregator/service-kit';
import { z } from 'zod';
import { requireSignUp } from '../accounts/sign-up-policy.ts';
import { toOrganization, toUser } from '../accounts/to-user.ts';
import { writeAudit } from '../audit/write-audit.ts';
import type { AuthContext } from '../auth-context.ts';
import { isUniqueViolation, type Transaction } from '../database/create-database.ts';
import type { Invitation, User } from '../generated/prisma/client.ts';
import { lockOrganization } from '../keys/lock-organization.ts';
import { requirePlace } from '../members/require-place.ts';
import { hashSingleUseToken } from '../secrets/single-use-token.ts';
import { isSsoRequired } from '../sso/stored-provider.ts';
import { openAt } from './to-invitation.ts';

type Parts = Pick<AuthContext, 'database' | 'passwords' | 'loginGuard' | 'signUp' | 'now'>;
type Request = z.infer<typeof acceptInvitationRequest>;

const newAccount = z.object({ password: registerRequest.shape.password, name: registerRequest.shape.name });

/**
 * Makes the person at the invited address a member: with the password of its account, else with a new account. The token shows that
 * the address is its own, and works once.
 * @throws {AppError} `invalid_token`; `invalid_credentials` for the wrong password of an account; `sign_up_closed`; `sso_required`;
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
  if (await isSsoRequired(database, email)) throw new AppError('sso_required');
  const account = await database.user.findUnique({ where: { email } });
  const passwordHash = account === null ? await hashNewPassword() : await verifyPassword(account);
  const now = clock();
  const write = database.$transaction(async (transaction) => {
    await lockOrganization(transaction, invitation.organizationId);
    const taken = await transaction.invitation.updateMany({
      where: { id: invitation.id, ...openAt(now) },
      data: { acceptedAt: now },
    });
    if (taken.count === 0) throw invalidToken();
    const user =
      account === null
        ? await createUser(transaction, now, invitation, request.name ?? '', passwordHash)
        : await confirmAddress(transaction, now, account);
    const organization = await join(transaction, now, invitation, user.id);
    await writeAudit(
      transaction,
      now,
      { userId: user.id, keyId: null, requestId },
      {
        organizationId: invitation.organizationId,
        action: 'invitation_accepted',
        subjectType: 'invitation',
        subjectId: invitation.id,
        details: { userId: user.id, role: invitation.role, invitedBy: invitation.invitedById },
      },
    );
    return { user: toUser(user, invitation), organization: toOrganization(organization) };
  });
  return write.catch((error: unknown) => {
    if (isUniqueViolation(error)) throw new AppError('conflict', { message: 'You are a member already. Log in.' });
    throw error;
  });

  async function hashNewPassword(): Promise<string> {
    requireSignUp(signUp, email, true);
    const { password } = checkBody(newAccount, { password: request.password, name: request.name });
    return await passwords.hash(password, address);
  }

  async function verifyPassword({ passwordHash: stored, blockedAt }: User): Promise<string> {
    loginGuard.admitLogin(address, email);
    if (stored === null || !(await passwords.verify(request.password, stored, address))) {
      throw new AppError('invalid_credentials', { param: 'password' });
    }
    loginGuard.clearLogin(address, email);
    if (blockedAt !== null) throw new AppError('access_blocked');
    return stored;
  }
}

function invalidToken(): AppError {
  const message = 'The invitation was used, was taken back or has expired. Ask for a new one.';
  return new AppError('invalid_token', { param: 'token', message });
}

async function createUser(
  transaction: Transaction,
  now: Date,
  { organizationId, email, role }: Invitation,
  name: string,
  passwordHash: string,
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
