import { principalOf, readIfMatch } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { actorOf } from '../../audit/write-audit.ts';
import { deleteAutomaticTopUp } from '../../automatic-top-ups/automatic-top-up-settings.ts';
import type { BillingContext } from '../../billing-context.ts';

/** DELETE /v1/billing/automatic-top-up: 204, also if there was none. */
export function deleteAutomaticTopUpHandler(context: BillingContext): RequestHandler {
  return async (request, response) => {
    await deleteAutomaticTopUp(context, principalOf(request).orgId, actorOf(request), readIfMatch(request));
    response.status(204).end();
  };
}
