import { createInvitationRequest } from '@aggregator/contracts';
import { checkBody } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { callerOf } from '../../audit/caller.ts';
import type { AuthContext } from '../../auth-context.ts';
import { createInvitation } from '../../invitations/create-invitation.ts';
import { toInvitation } from '../../invitations/to-invitation.ts';

export function createInvitationHandler(context: AuthContext): RequestHandler {
  return async (request, response) => {
    const row = await createInvitation(context, callerOf(request), checkBody(createInvitationRequest, request.body));
    response.status(201).json(toInvitation(row));
  };
}
