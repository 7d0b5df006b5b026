import { type LeaseAnswer, leaseRequest } from '@aggregator/contracts';
import { checkBody } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import type { BillingContext } from '../../billing-context.ts';
import { readRequestCost } from '../read-request-cost.ts';

/** POST /internal/leases */
export function createLeaseHandler({ leaseDesk }: BillingContext): RequestHandler {
  return async (request, response) => {
    const { orgId, neededNanoUsd } = checkBody(leaseRequest, request.body);
    const needed = readRequestCost(neededNanoUsd, 'neededNanoUsd');
    const answer: LeaseAnswer = await leaseDesk.lease(orgId.toLowerCase(), needed);
    response.json(answer);
  };
}
