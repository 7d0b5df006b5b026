import { AppError, type RegisterAnswer, type RegisterRequest } from '@aggregator/contracts';
import { isUniqueViolation } from '@aggregator/database';
import { createUuidV7 } from '@aggregator/service-kit';
import { writeAudit } from '../audit/write-audit.ts';
import type { AuthContext } from '../auth-context.ts';
import { sendLink } from '../email/send-link.ts';
import { isSsoRequired } from '../sso/stored-provider.ts';
import { requireSignUp } from './sign-up-policy.ts';
import { toOrganization, toUser } from './to-user.ts';

/** Creates an organisation and its owner, or nothing, and sends the mail that verifies the address if that is required. Throws `sign_up_closed`, `sso_required`, `email_taken`. */
export async function registerAccount(
  {
    database,
    mails,
    passwords,
    signUp,
    now: clock,
  }: Pick<AuthContext, 'database' | 'mails' | 'passwords' | 'signUp' | 'now'>,
  { language = 'en', ...request }: RegisterRequest,
  requestId: string | undefined,
  address: string,
): Promise<RegisterAnswer> {
  requireSignUp(signUp, request.email, false);
  if (await isSsoRequired(database, request.email)) throw new AppError('sso_required');
  const taken = await database.user.findUnique({ where: { email: request.email }, select: { id: true } });
  if (taken !== null) throw new AppError('email_taken', { param: 'email' });
  const passwordHash = await passwords.hash(request.password, address);
  const now = clock();
  const organizationId = createUuidV7(now.getTime());
  const userId = createUuidV7(now.getTime());

  const write = database.$transaction(async (transaction) => {
    const organization = await transaction.organization.create({
      data: { id: organizationId, name: request.organization ?? request.name, createdAt: now },
    });
    const user = await transaction.user.create({
      data: {
        id: userId,
        organizationId,
        email: request.email,
        name: request.name,
        passwordHash,
        role: 'owner',
        createdAt: now,
        memberships: { create: { organizationId, role: 'owner', createdAt: now } },
      },
    });
    if (signUp.isVerificationRequired) {
      await sendLink({ mails }, transaction, now, user, { purpose: 'verification', language });
    }
    await writeAudit(
      transaction,
      now,
      { userId, keyId: null, requestId },
      {
        organizationId,
        action: 'organization_registered',
        subjectType: 'organization',
        subjectId: organizationId,
        details: { ownerId: userId },
      },
    );
    return { user: toUser(user, { organizationId, role: 'owner' }), organization: toOrganization(organization) };
  });
  return write.catch((error: unknown) => {
    if (isUniqueViolation(error)) throw new AppError('email_taken', { param: 'email' });
    throw error;
  });
}
