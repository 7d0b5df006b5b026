import { AppError, logoutRequest } from '@aggregator/contracts';
import { checkBody } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { callerOf } from '../../audit/caller.ts';
import type { AuthContext } from '../../auth-context.ts';
import { endSessions } from '../../sessions/end-sessions.ts';

export function logOutHandler(context: AuthContext): RequestHandler {
  return async (request, response) => {
    const caller = callerOf(request);
    const { refreshToken } = checkBody(logoutRequest, request.body);
    if (caller.keyId !== null) {
      throw new AppError('insufficient_permissions', { message: 'An API key has no session. Use an access token.' });
    }
    const count = await endSessions(context, caller, refreshToken);
    await context.events.sessionsEnded({ requestId: caller.requestId, userId: caller.principal.userId, count });
    response.status(204).end();
  };
}
