import { AppError } from '@aggregator/contracts';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { actorOf } from '../../audit/write-audit.ts';
import type { BillingContext } from '../../billing-context.ts';
import { closePaymentReview } from '../../payments/open-payment-review.ts';

const parameters = z.object({ id: z.uuid() });

/** POST /v1/billing/payment-reviews/{id}/close: 204; money that is due is moved apart from it. */
export function closePaymentReviewHandler({ database, clock }: BillingContext): RequestHandler {
  return async (request, response) => {
    const parsed = parameters.safeParse(request.params);
    const isClosed = parsed.success && (await closePaymentReview(database, parsed.data.id, clock(), actorOf(request)));
    if (!isClosed) throw new AppError('not_found');
    response.status(204).end();
  };
}
