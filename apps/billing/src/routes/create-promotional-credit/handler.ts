import { createPromotionalCreditRequest } from '@aggregator/contracts';
import { checkBody } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { actorOf } from '../../audit/write-audit.ts';
import type { BillingContext } from '../../billing-context.ts';
import { createPromotionalCredit } from '../../promotional-credits/promotional-credits.ts';

/** POST /v1/billing/promotional-credits: 201 with the credit, 200 where the key had made it before. */
export function createPromotionalCreditHandler(context: BillingContext): RequestHandler {
  return async (request, response) => {
    const body = checkBody(createPromotionalCreditRequest, request.body);
    const { credit, isNew } = await createPromotionalCredit(context, body, actorOf(request));
    response.status(isNew ? 201 : 200).json(credit);
  };
}
