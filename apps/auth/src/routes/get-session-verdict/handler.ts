import type { SessionVerdict } from '@aggregator/contracts';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import type { AuthContext } from '../../context.ts';
import { judgeSession } from '../../sessions/judge-session.ts';

const sessionId = z.uuid();

export function getSessionVerdictHandler(context: AuthContext): RequestHandler {
  return async (request, response) => {
    const id = sessionId.safeParse(request.params.id);
    const verdict: SessionVerdict = id.success ? await judgeSession(context, id.data) : { valid: false };
    response.json(verdict);
  };
}
