import type { RequestHandler } from 'express';
import { actorOf } from '../../audit/write-audit.ts';
import { decideBankTransfer } from '../../bank-transfers/bank-transfers.ts';
import type { BillingContext } from '../../billing-context.ts';
import { idOf } from '../id-of.ts';

/** POST /v1/billing/bank-transfers/{id}/approve: by another user than the one who proposed it. */
export function approveBankTransferHandler(context: BillingContext): RequestHandler {
  return async (request, response) => {
    response.json(await decideBankTransfer(context, idOf(request.params.id), 'approved', actorOf(request)));
  };
}
