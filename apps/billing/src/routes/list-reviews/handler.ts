import { checkBody } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import type { BillingContext } from '../../context.ts';
import { listReviews } from '../../reviews/list-reviews.ts';

const limitDefault = 20;
const limitMax = 100;

const query = z.strictObject({
  state: z.enum(['open', 'closed']).optional(),
  cursor: z.uuid().optional(),
  limit: z
    .string()
    .regex(/^\d{1,3}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(1).max(limitMax))
    .default(limitDefault),
});

/** GET /v1/billing/reviews */
export function listReviewsHandler({ database }: BillingContext): RequestHandler {
  return async (request, response) => {
    response.json(await listReviews(database, checkBody(query, request.query)));
  };
}
