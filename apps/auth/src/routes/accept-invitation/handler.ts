import { acceptInvitationRequest } from '@aggregator/contracts';
import { checkBody, readRequestId } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { clientAddressOf } from '../../attempts/client-address.ts';
import type { AuthContext } from '../../auth-context.ts';
import { acceptInvitation } from '../../invitations/accept-invitation.ts';

export function acceptInvitationHandler(context: AuthContext): RequestHandler {
  return async (request, response) => {
    const requestId = readRequestId(request);
    const body = checkBody(acceptInvitationRequest, request.body);
    const answer = await acceptInvitation(context, body, clientAddressOf(request), requestId);
    const { id: organizationId } = answer.organization;
    await context.events.membersChanged({ requestId, organizationId, userIds: [answer.user.id], change: 'joined' });
    response.status(201).json(answer);
  };
}
