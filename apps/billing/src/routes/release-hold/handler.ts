import { releaseLedgerHold } from '@aggregator/contracts';
import { checkBody } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import type { BillingContext } from '../../billing-context.ts';
import { releaseHolds } from '../../holds/hold-money.ts';

/** POST /internal/holds/release */
export function releaseHoldHandler({ database }: BillingContext): RequestHandler {
  return async (request, response) => {
    const { requestId } = checkBody(releaseLedgerHold, request.body);
    await releaseHolds(database, [requestId.toLowerCase()]);
    response.status(204).end();
  };
}
