import type { RequestHandler } from 'express';
import { callerOf } from '../../audit/caller.ts';
import type { AuthContext } from '../../auth-context.ts';
import { readPathId } from '../../database/read-path-id.ts';
import { requireSession } from '../../sessions/require-session.ts';
import { revokeSession } from '../../sessions/revoke-session.ts';

export function revokeSessionHandler(context: AuthContext): RequestHandler {
  return async (request, response) => {
    const caller = callerOf(request);
    requireSession(caller);
    const count = await revokeSession(context, caller, readPathId(request, 'id'));
    await context.events.sessionsEnded({ requestId: caller.requestId, userId: caller.principal.userId, count });
    response.status(204).end();
  };
}
