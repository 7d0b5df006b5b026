import { AppError, createCreditNoteRequest } from '@aggregator/contracts';
import { checkBody } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { actorOf } from '../../audit/write-audit.ts';
import type { BillingContext } from '../../billing-context.ts';
import { createCreditNote } from '../../invoices/create-credit-note.ts';

const parameters = z.object({ id: z.uuid() });

/** POST /v1/billing/invoices/{id}/credit-notes: 201 with the credit note, 200 where the key had made it before. */
export function createCreditNoteHandler(context: BillingContext): RequestHandler {
  return async (request, response) => {
    const parsed = parameters.safeParse(request.params);
    if (!parsed.success) throw new AppError('not_found');
    const body = checkBody(createCreditNoteRequest, request.body);
    const { document, isNew } = await createCreditNote(context, parsed.data.id, body, actorOf(request));
    response.status(isNew ? 201 : 200).json(document);
  };
}
