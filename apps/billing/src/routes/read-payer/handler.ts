import { principalOf } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import type { BillingContext } from '../../billing-context.ts';
import { readPayer } from '../../payers/ask-payer.ts';

/** GET /v1/billing/payer: who pays for the organisation; null if it pays for itself. */
export function readPayerHandler({ database }: BillingContext): RequestHandler {
  return async (request, response) => {
    response.json(await readPayer(database, principalOf(request).orgId));
  };
}
