import { principalOf } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { readAutomaticTopUp } from '../../automatic-top-ups/automatic-top-up-settings.ts';
import type { ReadContext } from '../../tenants/tenant-reads.ts';

/** GET /v1/billing/automatic-top-up: its settings and state, or null. */
export function readAutomaticTopUpHandler({ database }: ReadContext): RequestHandler {
  return async (request, response) => {
    response.json((await readAutomaticTopUp(database, principalOf(request).orgId)) ?? { automaticTopUp: null });
  };
}
