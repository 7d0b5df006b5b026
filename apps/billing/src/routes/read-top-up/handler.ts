import { AppError } from '@aggregator/contracts';
import { principalOf } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { toTopUp } from '../../payments/payment-rows.ts';
import type { ReadContext } from '../../tenants/tenant-reads.ts';
import { idOf } from '../id-of.ts';

/** GET /v1/billing/top-ups/{id}: of the caller's organisation, or of any for `billing:manage`. */
export function readTopUpHandler({ database }: ReadContext): RequestHandler {
  return async (request, response) => {
    const { orgId, scopes } = principalOf(request);
    const row = await database.payment.findUnique({ where: { id: idOf(request.params.id) } });
    if (row === null || (row.orgId !== orgId && !scopes.includes('billing:manage'))) throw new AppError('not_found');
    response.json(toTopUp(row));
  };
}
