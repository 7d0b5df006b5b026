import { createRefundRequest } from '@aggregator/contracts';
import { checkBody } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { actorOf } from '../../audit/write-audit.ts';
import type { BillingContext } from '../../billing-context.ts';
import { requestRefund } from '../../payments/request-refund.ts';
import { idOf } from '../id-of.ts';

/** POST /v1/billing/top-ups/{id}/refunds: 201 with the refund, 200 where the key had made it before. */
export function createRefundHandler(context: BillingContext): RequestHandler {
  return async (request, response) => {
    const body = checkBody(createRefundRequest, request.body);
    const { refund, isNew } = await requestRefund(context, idOf(request.params.id), body, actorOf(request));
    response.status(isNew ? 201 : 200).json(refund);
  };
}
