import type { SpoolPage } from '@aggregator/contracts';
import type { RequestHandler } from 'express';
import type { BillingContext } from '../../billing-context.ts';
import { listSpools } from '../../spools/list-spools.ts';

/** GET /v1/billing/spools: the proxies' spools, and whether money waits for one of them. */
export function listSpoolsHandler({ database }: BillingContext): RequestHandler {
  return async (_request, response) => {
    const page: SpoolPage = { data: await listSpools(database) };
    response.json(page);
  };
}
