import { resetPasswordRequest } from '@aggregator/contracts';
import { checkBody, readRequestId } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { clientAddressOf } from '../../attempts/client-address.ts';
import type { AuthContext } from '../../auth-context.ts';
import { resetPassword } from '../../email/use-link.ts';

export function resetPasswordHandler(context: AuthContext): RequestHandler {
  return async (request, response) => {
    const { token, newPassword } = checkBody(resetPasswordRequest, request.body);
    const requestId = readRequestId(request);
    const attempt = { token, requestId, address: clientAddressOf(request) };
    const { userId, count } = await resetPassword(context, attempt, newPassword);
    await context.events.passwordChanged({ requestId, userId, count });
    response.status(204).end();
  };
}
