import { checkBody } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import type { BillingContext } from '../../billing-context.ts';
import { listDeadLetters } from '../../inbox/dead-letters.ts';
import { pageQuery } from '../page-query.ts';

/** GET /v1/billing/dead-letters: events of usage that could not be posted, newest first. */
export function listDeadLettersHandler({ database }: BillingContext): RequestHandler {
  return async (request, response) => {
    response.json(await listDeadLetters(database, checkBody(pageQuery, request.query)));
  };
}
