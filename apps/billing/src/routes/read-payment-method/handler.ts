import { principalOf } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { readMethod } from '../../payments/read-method.ts';
import type { ReadContext } from '../../tenants/tenant-reads.ts';

/** GET /v1/billing/payment-method: the saved method by its last digits and expiry, or null. */
export function readPaymentMethodHandler({ database }: ReadContext): RequestHandler {
  return async (request, response) => {
    response.json(await readMethod(database, principalOf(request).orgId));
  };
}
