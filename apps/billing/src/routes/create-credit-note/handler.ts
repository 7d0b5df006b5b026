import { createCreditNoteRequest } from '@aggregator/contracts';
import { checkBody } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { actorOf } from '../../audit/write-audit.ts';
import type { BillingContext } from '../../billing-context.ts';
import { createCreditNote } from '../../invoices/create-credit-note.ts';
import { idOf } from '../id-of.ts';

/** POST /v1/billing/invoices/{id}/credit-notes: 201 with the credit note, 200 where the key had made it before. */
export function createCreditNoteHandler(context: BillingContext): RequestHandler {
  return async (request, response) => {
    const body = checkBody(createCreditNoteRequest, request.body);
    const { document, isNew } = await createCreditNote(context, idOf(request.params.id), body, actorOf(request));
    response.status(isNew ? 201 : 200).json(document);
  };
}
