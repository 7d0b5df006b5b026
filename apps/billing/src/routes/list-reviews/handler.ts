import { checkBody } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import type { BillingContext } from '../../billing-context.ts';
import { listReviews } from '../../reviews/list-reviews.ts';
import { pageQuery } from '../page-query.ts';

const query = pageQuery.extend({ state: z.enum(['open', 'closed']).optional() });

/** GET /v1/billing/reviews */
export function listReviewsHandler({ database }: BillingContext): RequestHandler {
  return async (request, response) => {
    response.json(await listReviews(database, checkBody(query, request.query)));
  };
}
