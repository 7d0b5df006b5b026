import { principalOf, readIfMatch } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { actorOf } from '../../audit/write-audit.ts';
import type { BillingContext } from '../../billing-context.ts';
import { removeMethod } from '../../payments/remove-method.ts';

/** DELETE /v1/billing/payment-method: 204, also if there was none. The provider forgets it first. */
export function deletePaymentMethodHandler(context: BillingContext): RequestHandler {
  return async (request, response) => {
    await removeMethod(context, principalOf(request).orgId, actorOf(request), readIfMatch(request));
    response.status(204).end();
  };
}
