import type { RequestHandler } from 'express';
import type { BillingContext } from '../../billing-context.ts';
import { readLegalEntity } from '../../invoices/parties.ts';

/** GET /v1/billing/legal-entity: who sells; null if nothing was saved. */
export function readLegalEntityHandler({ database }: BillingContext): RequestHandler {
  return async (_request, response) => {
    response.json((await readLegalEntity(database)) ?? { legalEntity: null });
  };
}
