import { updateLimitRequest } from '@aggregator/contracts';
import { checkBody } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { callerOf } from '../../audit/caller.ts';
import { showOne } from '../../audit/show-one.ts';
import type { AuthContext } from '../../auth-context.ts';
import { readPathId } from '../../database/read-path-id.ts';
import { updateLimit } from '../../limits/change-limit.ts';
import { showLimits } from '../../limits/show-limits.ts';

export function updateLimitHandler(context: AuthContext): RequestHandler {
  return async (request, response) => {
    const caller = callerOf(request);
    const limitId = readPathId(request, 'limitId');
    const row = await updateLimit(context, caller, limitId, checkBody(updateLimitRequest, request.body));
    const { requestId, principal } = caller;
    const fact = { requestId, organizationId: principal.orgId, limitId };
    await context.events.limitChanged({ ...fact, change: 'limit_updated' });
    response.json(await showOne(showLimits(context.database, principal.orgId, [row])));
  };
}
