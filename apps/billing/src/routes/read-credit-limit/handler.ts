import type { RequestHandler } from 'express';
import type { BillingContext } from '../../billing-context.ts';
import { readCreditLimit } from '../../payers/credit-limit.ts';
import { idOf } from '../id-of.ts';

/** GET /v1/billing/payers/{id}/credit-limit */
export function readCreditLimitHandler({ database }: BillingContext): RequestHandler {
  return async (request, response) => {
    response.json(await readCreditLimit(database, idOf(request.params.id)));
  };
}
