import { AppError } from '@aggregator/contracts';
import { principalOf } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import type { BillingContext } from '../../billing-context.ts';
import { toTopUp } from '../../payments/payment-rows.ts';

const parameters = z.object({ id: z.uuid() });

/** GET /v1/billing/top-ups/{id}: of the caller's organisation, or of any for `billing:manage`. */
export function readTopUpHandler({ database }: BillingContext): RequestHandler {
  return async (request, response) => {
    const parsed = parameters.safeParse(request.params);
    if (!parsed.success) throw new AppError('not_found');
    const { orgId, scopes } = principalOf(request);
    const row = await database.payment.findUnique({ where: { id: parsed.data.id } });
    if (row === null || (row.orgId !== orgId && !scopes.includes('billing:manage'))) throw new AppError('not_found');
    response.json(toTopUp(row));
  };
}
