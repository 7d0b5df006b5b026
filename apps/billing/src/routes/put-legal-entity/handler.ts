import { legalEntity } from '@aggregator/contracts';
import { checkBody, readIfMatch } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { actorOf } from '../../audit/write-audit.ts';
import type { BillingContext } from '../../billing-context.ts';
import { putLegalEntity } from '../../invoices/parties.ts';

/** PUT /v1/billing/legal-entity: who sells. Without it no invoice is issued. */
export function putLegalEntityHandler(context: BillingContext): RequestHandler {
  return async (request, response) => {
    const entity = checkBody(legalEntity, request.body);
    await putLegalEntity(context, entity, actorOf(request), readIfMatch(request));
    response.json({ legalEntity: entity });
  };
}
