import { AppError } from '@aggregator/contracts';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { actorOf } from '../../audit/write-audit.ts';
import type { BillingContext } from '../../billing-context.ts';
import { closeReview } from '../../reviews/list-reviews.ts';

const parameters = z.object({ id: z.uuid() });

/** POST /v1/billing/reviews/{id}/close: 204; an adjustment or a payment, if one is due, is posted apart from it. */
export function closeReviewHandler({ database }: BillingContext): RequestHandler {
  return async (request, response) => {
    const parsed = parameters.safeParse(request.params);
    if (!parsed.success || !(await closeReview(database, parsed.data.id, actorOf(request)))) {
      throw new AppError('not_found');
    }
    response.status(204).end();
  };
}
