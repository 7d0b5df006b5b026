import { createBulkRequest } from '@aggregator/contracts';
import { checkBody } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { callerOf } from '../../audit/caller.ts';
import type { AuthContext } from '../../auth-context.ts';
import { createBulkJob, toBulkJob } from '../../bulk/create-job.ts';
import { readPathId } from '../../database/read-path-id.ts';

/** For the caller's organisation, or for the one in the path, which only an operator names. */
export function createBulkJobHandler(context: AuthContext): RequestHandler {
  return async (request, response) => {
    const caller = callerOf(request);
    const isByOperator = request.params.id !== undefined;
    const organizationId = isByOperator ? readPathId(request, 'id') : caller.principal.orgId;
    const body = checkBody(createBulkRequest, request.body);
    const job = await createBulkJob(context, caller, { organizationId, isByOperator }, body);
    context.wakeBulk();
    response.status(202).json(toBulkJob(job));
  };
}
