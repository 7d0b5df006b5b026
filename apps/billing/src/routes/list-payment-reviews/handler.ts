import { checkBody } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import type { BillingContext } from '../../billing-context.ts';
import { listPaymentReviews } from '../../payments/open-payment-review.ts';
import { pageQuery } from '../page-query.ts';

const query = pageQuery.extend({ state: z.enum(['open', 'closed']).optional() });

/** GET /v1/billing/payment-reviews: facts about payments that a person has to judge, newest first. */
export function listPaymentReviewsHandler({ database }: BillingContext): RequestHandler {
  return async (request, response) => {
    response.json(await listPaymentReviews(database, checkBody(query, request.query)));
  };
}
