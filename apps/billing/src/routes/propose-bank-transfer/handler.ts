import { proposeBankTransferRequest } from '@aggregator/contracts';
import { checkBody } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { actorOf } from '../../audit/write-audit.ts';
import { proposeBankTransfer } from '../../bank-transfers/bank-transfers.ts';
import type { BillingContext } from '../../billing-context.ts';

/** POST /v1/billing/bank-transfers: 201 with the transfer, 200 where this booking was proposed before. */
export function proposeBankTransferHandler(context: BillingContext): RequestHandler {
  return async (request, response) => {
    const body = checkBody(proposeBankTransferRequest, request.body);
    const { transfer, isNew } = await proposeBankTransfer(context, body, actorOf(request));
    response.status(isNew ? 201 : 200).json(transfer);
  };
}
