import type { RequestHandler } from 'express';
import { callerOf } from '../../audit/caller.ts';
import type { AuthContext } from '../../auth-context.ts';
import { revokeInvitation } from '../../invitations/revoke-invitation.ts';
import { readKeyId } from '../../keys/read-key-id.ts';

export function revokeInvitationHandler(context: AuthContext): RequestHandler {
  return async (request, response) => {
    await revokeInvitation(context, callerOf(request), readKeyId(request));
    response.status(204).end();
  };
}
