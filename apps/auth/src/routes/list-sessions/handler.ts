import type { SessionList } from '@aggregator/contracts';
import type { RequestHandler } from 'express';
import { callerOf } from '../../audit/caller.ts';
import type { AuthContext } from '../../auth-context.ts';
import { sessionsPerUserMax } from '../../sessions/open-session.ts';
import { requireSession } from '../../sessions/require-session.ts';

export function listSessionsHandler({ database, now }: AuthContext): RequestHandler {
  return async (request, response) => {
    const caller = callerOf(request);
    const current = requireSession(caller);
    const rows = await database.session.findMany({
      where: { userId: caller.principal.userId, endedAt: null, expiresAt: { gt: now() } },
      orderBy: { createdAt: 'desc' },
      take: sessionsPerUserMax,
    });
    const answer: SessionList = {
      data: rows.map(({ id, createdAt, expiresAt }) => ({
        id,
        createdAt: createdAt.toISOString(),
        expiresAt: expiresAt.toISOString(),
        isCurrent: id === current,
      })),
    };
    response.json(answer);
  };
}
