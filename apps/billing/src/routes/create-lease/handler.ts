import { AppError, type LeaseAnswer, leaseRequest } from '@aggregator/contracts';
import { parseNanoUsd } from '@aggregator/pricing';
import { checkBody } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import type { BillingContext } from '../../context.ts';

/** A million dollars: no request may cost that. */
const neededNanoUsdMax = 1_000_000_000_000_000n;

/** POST /internal/leases */
export function createLeaseHandler({ leaseDesk }: BillingContext): RequestHandler {
  return async (request, response) => {
    const { orgId, neededNanoUsd } = checkBody(leaseRequest, request.body);
    const needed = parseNanoUsd(neededNanoUsd);
    if (needed <= 0n || needed > neededNanoUsdMax) throw new AppError('invalid_amount', { param: 'neededNanoUsd' });
    const answer: LeaseAnswer = await leaseDesk.lease(orgId.toLowerCase(), needed);
    response.json(answer);
  };
}
