import { recordRejectionsRequest } from '@aggregator/contracts';
import { checkBody } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import type { BillingContext } from '../../billing-context.ts';
import { keepRejections } from '../../rejections/keep-rejections.ts';

/** POST /internal/rejections */
export function recordRejectionsHandler({ database }: BillingContext): RequestHandler {
  return async (request, response) => {
    await keepRejections(database, checkBody(recordRejectionsRequest, request.body).rejections);
    response.json({});
  };
}
