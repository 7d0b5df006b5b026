import { AppError, invoice } from '@aggregator/contracts';
import { checkBody, principalOf } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { renderCsv } from '../../invoices/render-csv.ts';
import { renderPdf } from '../../invoices/render-pdf.ts';
import type { ReadContext } from '../../tenants/tenant-reads.ts';
import { idOf } from '../id-of.ts';

const query = z.strictObject({ format: z.enum(['json', 'csv', 'pdf']).default('json') });

/** GET /v1/billing/invoices/{id}?format=json|csv|pdf: of the caller's organisation, or of any for `billing:manage`. */
export function readInvoiceHandler({ database }: ReadContext): RequestHandler {
  return async (request, response) => {
    const { format } = checkBody(query, request.query);
    const { orgId, scopes } = principalOf(request);
    const row = await database.invoice.findUnique({ where: { id: idOf(request.params.id) } });
    if (row === null || (row.orgId !== orgId && !scopes.includes('billing:manage'))) throw new AppError('not_found');
    const document = invoice.parse(row.body);
    if (format === 'json') response.json(document);
    else if (format === 'csv') response.type('text/csv').send(renderCsv(document));
    else response.type('application/pdf').send(await renderPdf(document));
  };
}
