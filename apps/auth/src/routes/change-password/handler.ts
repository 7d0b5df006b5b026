import { changePasswordRequest } from '@aggregator/contracts';
import { checkBody } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { changePassword } from '../../accounts/change-password.ts';
import { clientAddressOf } from '../../attempts/client-address.ts';
import { callerOf } from '../../audit/caller.ts';
import type { AuthContext } from '../../auth-context.ts';
import { requireSession } from '../../sessions/require-session.ts';

export function changePasswordHandler(context: AuthContext): RequestHandler {
  return async (request, response) => {
    const caller = callerOf(request);
    const sessionId = requireSession(caller);
    const body = checkBody(changePasswordRequest, request.body);
    const count = await changePassword(context, { ...caller, sessionId }, body, clientAddressOf(request));
    await context.events.passwordChanged({ requestId: caller.requestId, userId: caller.principal.userId, count });
    response.status(204).end();
  };
}
