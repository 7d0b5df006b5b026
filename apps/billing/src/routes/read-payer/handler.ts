import { principalOf } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { readPayer } from '../../payers/ask-payer.ts';
import type { ReadContext } from '../../tenants/tenant-reads.ts';

/** GET /v1/billing/payer: who pays for the organisation; null if it pays for itself. */
export function readPayerHandler({ database }: ReadContext): RequestHandler {
  return async (request, response) => {
    response.json(await readPayer(database, principalOf(request).orgId));
  };
}
