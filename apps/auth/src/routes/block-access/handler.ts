import { blockQuery } from '@aggregator/contracts';
import { checkBody } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { callerOf } from '../../audit/caller.ts';
import type { AuthContext } from '../../auth-context.ts';
import { readBlockTarget } from '../../blocks/read-target.ts';
import { setBlock } from '../../blocks/set-block.ts';

/** `PUT /v1/auth/blocks/{kind}/{id}`: 204; gateways reject the blocked caller within a second. */
export function blockAccessHandler(context: AuthContext): RequestHandler {
  return async (request, response) => {
    const caller = callerOf(request);
    const target = readBlockTarget(request);
    const { kill = false } = checkBody(blockQuery, { ...request.query });
    const { organizationId, cut } = await setBlock(context, caller, target, { isBlocked: true, kill });
    const { requestId } = caller;
    await context.events.accessChanged({
      requestId,
      ...target,
      organizationId,
      isBlocked: true,
      cut: kill ? cut : null,
    });
    response.status(204).end();
  };
}
