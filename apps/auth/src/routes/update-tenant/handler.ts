import { updateTenantRequest } from '@aggregator/contracts';
import { checkBody } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { setCeilings } from '../../accounts/set-ceilings.ts';
import { showTenants } from '../../accounts/show-organizations.ts';
import { callerOf } from '../../audit/caller.ts';
import { showOne } from '../../audit/show-one.ts';
import type { AuthContext } from '../../auth-context.ts';
import { readPathId } from '../../database/read-path-id.ts';

export function updateTenantHandler(context: AuthContext): RequestHandler {
  return async (request, response) => {
    const caller = callerOf(request);
    const { ceilings } = checkBody(updateTenantRequest, request.body);
    const row = await setCeilings(context, caller, readPathId(request, 'id'), ceilings);
    await context.events.organizationUpdated({
      requestId: caller.requestId,
      userId: caller.principal.userId,
      keyId: caller.keyId,
      organizationId: row.id,
    });
    response.json(await showOne(showTenants(context.database, context.limits, [row])));
  };
}
