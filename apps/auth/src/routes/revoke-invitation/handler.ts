import type { RequestHandler } from 'express';
import { callerOf } from '../../audit/caller.ts';
import type { AuthContext } from '../../auth-context.ts';
import { readPathId } from '../../database/read-path-id.ts';
import { revokeInvitation } from '../../invitations/revoke-invitation.ts';

export function revokeInvitationHandler(context: AuthContext): RequestHandler {
  return async (request, response) => {
    await revokeInvitation(context, callerOf(request), readPathId(request, 'id'));
    response.status(204).end();
  };
}
