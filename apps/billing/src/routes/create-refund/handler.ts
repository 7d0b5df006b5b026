import { AppError, createRefundRequest } from '@aggregator/contracts';
import { checkBody } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { actorOf } from '../../audit/write-audit.ts';
import type { BillingContext } from '../../billing-context.ts';
import { requestRefund } from '../../payments/request-refund.ts';

const parameters = z.object({ id: z.uuid() });

/** POST /v1/billing/top-ups/{id}/refunds: 201 with the refund, 200 where the key had made it before. */
export function createRefundHandler(context: BillingContext): RequestHandler {
  return async (request, response) => {
    const parsed = parameters.safeParse(request.params);
    if (!parsed.success) throw new AppError('not_found');
    const body = checkBody(createRefundRequest, request.body);
    const { refund, isNew } = await requestRefund(context, parsed.data.id, body, actorOf(request));
    response.status(isNew ? 201 : 200).json(refund);
  };
}
