import { checkBody } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import type { BillingContext } from '../../billing-context.ts';
import { listDifferences } from '../../reconciliation/differences.ts';
import { pageQuery } from '../page-query.ts';

const query = pageQuery.extend({ state: z.enum(['open', 'judged']).optional() });

/** GET /v1/billing/differences */
export function listDifferencesHandler({ database }: BillingContext): RequestHandler {
  return async (request, response) => {
    response.json(await listDifferences(database, checkBody(query, request.query)));
  };
}
