import { createLimitRequest } from '@aggregator/contracts';
import { checkBody } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { callerOf } from '../../audit/caller.ts';
import { showOne } from '../../audit/show-one.ts';
import type { AuthContext } from '../../auth-context.ts';
import { createLimit } from '../../limits/create-limit.ts';
import { showLimits } from '../../limits/show-limits.ts';

export function createLimitHandler(context: AuthContext): RequestHandler {
  return async (request, response) => {
    const caller = callerOf(request);
    const row = await createLimit(context, caller, checkBody(createLimitRequest, request.body));
    const { requestId, principal } = caller;
    const fact = { requestId, organizationId: principal.orgId, limitId: row.id };
    await context.events.limitChanged({ ...fact, change: 'limit_created' });
    response.status(201).json(await showOne(showLimits(context.database, principal.orgId, [row])));
  };
}
