import { verifyEmailRequest } from '@aggregator/contracts';
import { checkBody, readRequestId } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { clientAddressOf } from '../../attempts/client-address.ts';
import type { AuthContext } from '../../auth-context.ts';
import { verifyEmail } from '../../email/use-link.ts';

export function verifyEmailHandler(context: AuthContext): RequestHandler {
  return async (request, response) => {
    const { token } = checkBody(verifyEmailRequest, request.body);
    const requestId = readRequestId(request);
    const userId = await verifyEmail(context, { token, requestId, address: clientAddressOf(request) });
    context.events.emailVerified({ requestId, userId });
    response.status(204).end();
  };
}
