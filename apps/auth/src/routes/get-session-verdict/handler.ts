import type { SessionVerdict } from '@aggregator/contracts';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import type { AuthContext } from '../../auth-context.ts';
import { judgeSession } from '../../sessions/judge-session.ts';

const parameters = z.object({ id: z.uuid(), organizationId: z.uuid().optional() });

export function getSessionVerdictHandler(context: AuthContext): RequestHandler {
  return async (request, response) => {
    const asked = parameters.safeParse({ ...request.query, id: request.params.id });
    const verdict: SessionVerdict = asked.success
      ? await judgeSession(context, asked.data.id, asked.data.organizationId)
      : { valid: false };
    response.json(verdict);
  };
}
