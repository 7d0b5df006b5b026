import { checkBody } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { callerOf } from '../../audit/caller.ts';
import type { AuthContext } from '../../auth-context.ts';
import { readBlockTarget } from '../../blocks/read-target.ts';
import { setBlock } from '../../blocks/set-block.ts';

const noFields = z.strictObject({});

/** `DELETE /v1/auth/blocks/{kind}/{id}`: 204, also if it was not blocked. */
export function unblockAccessHandler(context: AuthContext): RequestHandler {
  return async (request, response) => {
    const caller = callerOf(request);
    const target = readBlockTarget(request);
    checkBody(noFields, { ...request.query });
    const { organizationId } = await setBlock(context, caller, target, { isBlocked: false });
    const { requestId } = caller;
    await context.events.accessChanged({ requestId, ...target, organizationId, isBlocked: false, cut: null });
    response.status(204).end();
  };
}
