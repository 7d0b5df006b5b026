import { updateOrganizationRequest } from '@aggregator/contracts';
import { checkBody } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { showOrganization } from '../../accounts/show-organizations.ts';
import { updateOrganization } from '../../accounts/update-organization.ts';
import { callerOf } from '../../audit/caller.ts';
import type { AuthContext } from '../../auth-context.ts';

export function updateOrganizationHandler(context: AuthContext): RequestHandler {
  return async (request, response) => {
    const caller = callerOf(request);
    const row = await updateOrganization(context, caller, checkBody(updateOrganizationRequest, request.body));
    await context.events.organizationUpdated({
      requestId: caller.requestId,
      userId: caller.principal.userId,
      keyId: caller.keyId,
      organizationId: row.id,
    });
    response.json(await showOrganization(context.database, row));
  };
}
