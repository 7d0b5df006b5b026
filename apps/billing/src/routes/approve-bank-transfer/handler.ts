import { AppError } from '@aggregator/contracts';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { actorOf } from '../../audit/write-audit.ts';
import { decideBankTransfer } from '../../bank-transfers/bank-transfers.ts';
import type { BillingContext } from '../../billing-context.ts';

const parameters = z.object({ id: z.uuid() });

/** POST /v1/billing/bank-transfers/{id}/approve: by another user than the one who proposed it. */
export function approveBankTransferHandler(context: BillingContext): RequestHandler {
  return async (request, response) => {
    const parsed = parameters.safeParse(request.params);
    if (!parsed.success) throw new AppError('not_found');
    response.json(await decideBankTransfer(context, parsed.data.id, 'approved', actorOf(request)));
  };
}
