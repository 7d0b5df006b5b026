import { type InvoicePage, invoice } from '@aggregator/contracts';
import { checkBody, principalOf, toPage } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import type { ReadContext } from '../../tenants/tenant-reads.ts';
import { pageQuery } from '../page-query.ts';

/** GET /v1/billing/invoices: invoices and credit notes of the organisation, newest first. */
export function listInvoicesHandler({ database }: ReadContext): RequestHandler {
  return async (request, response) => {
    const { orgId } = principalOf(request);
    const { cursor, limit } = checkBody(pageQuery, request.query);
    const rows = await database.invoice.findMany({
      where: { orgId, ...(cursor === undefined ? {} : { id: { lt: cursor } }) },
      orderBy: { id: 'desc' },
      take: limit + 1,
    });
    const show = ({ body }: (typeof rows)[number]) => {
      const { id, kind, number, issuedAt, period, totalCents, currency } = invoice.parse(body);
      return { id, kind, number, issuedAt, period, totalCents, currency };
    };
    response.json(toPage(rows, limit, ({ id }) => id, show) satisfies InvoicePage);
  };
}
