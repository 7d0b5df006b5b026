import type { RequestHandler } from 'express';
import { actorOf } from '../../audit/write-audit.ts';
import { decideBankTransfer } from '../../bank-transfers/bank-transfers.ts';
import type { BillingContext } from '../../billing-context.ts';
import { idOf } from '../id-of.ts';

/** POST /v1/billing/bank-transfers/{id}/reject. */
export function rejectBankTransferHandler(context: BillingContext): RequestHandler {
  return async (request, response) => {
    response.json(await decideBankTransfer(context, idOf(request.params.id), 'rejected', actorOf(request)));
  };
}
