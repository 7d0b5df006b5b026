import { AppError, type ShownInvitation, showInvitationRequest } from '@aggregator/contracts';
import { checkBody } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { clientAddressOf } from '../../attempts/client-address.ts';
import type { AuthContext } from '../../auth-context.ts';
import { needsPassword } from '../../invitations/accept-invitation.ts';
import { openAt, toInvitation } from '../../invitations/to-invitation.ts';
import { hashSingleUseToken } from '../../secrets/single-use-token.ts';

export function showInvitationHandler({ database, loginGuard, now }: AuthContext): RequestHandler {
  return async (request, response) => {
    const { token } = checkBody(showInvitationRequest, request.body);
    loginGuard.admitAddress(clientAddressOf(request));
    const row = await database.invitation.findFirst({
      where: { tokenHash: hashSingleUseToken(token), ...openAt(now()) },
      include: { organization: { select: { name: true } } },
    });
    if (row === null) throw new AppError('invalid_token', { param: 'token', message: 'The invitation is not valid.' });
    const { email, role, expiresAt } = toInvitation(row);
    const account = await database.user.findUnique({ where: { email }, select: { passwordHash: true } });
    const answer: ShownInvitation = {
      ...{ email, role, expiresAt, organizationName: row.organization.name },
      hasAccount: account !== null,
      needsPassword: await needsPassword(database, email, account),
    };
    response.set('cache-control', 'no-store').json(answer);
  };
}
