import { checkBody } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import type { BillingContext } from '../../billing-context.ts';
import { listReports } from '../../reconciliation/differences.ts';
import { pageQuery } from '../page-query.ts';

/** GET /v1/billing/reconciliations */
export function listReconciliationsHandler({ database }: BillingContext): RequestHandler {
  return async (request, response) => {
    response.json(await listReports(database, checkBody(pageQuery, request.query)));
  };
}
