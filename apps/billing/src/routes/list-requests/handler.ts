import { type RequestPage, requestQuery } from '@aggregator/contracts';
import { checkBody, principalOf } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import type { BillingContext } from '../../billing-context.ts';
import { listRequests } from '../../charges/list-requests.ts';
import { nameRequests } from '../../charges/name-requests.ts';

const limitDefault = 50;

/** GET /v1/billing/requests: those of the caller's own organisation. */
export function listRequestsHandler({ names, readAsTenant }: BillingContext): RequestHandler {
  return async (request, response) => {
    const { limit = limitDefault, ...filter } = checkBody(requestQuery, request.query);
    const { orgId } = principalOf(request);
    const { data, nextCursor } = await readAsTenant(orgId, (db) => listRequests(db, orgId, { ...filter, limit }));
    const page: RequestPage = { data: await nameRequests(names, orgId, data), nextCursor };
    response.json(page);
  };
}
