import { monthPeriod, readStatementQuery } from '@aggregator/contracts';
import { checkBody, principalOf } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import type { BillingContext } from '../../billing-context.ts';
import { nameLines } from '../../invoices/name-lines.ts';
import { readStatement } from '../../invoices/read-statement.ts';
import { renderStatementCsv } from '../../invoices/render-csv.ts';

const parameters = z.object({ period: monthPeriod });

/** GET /v1/billing/statements/{period}: what a month cost, also while it is not over. */
export function readStatementHandler({ database, names, clock }: BillingContext): RequestHandler {
  return async (request, response) => {
    const { period } = checkBody(parameters, request.params);
    const { by, tag, format } = checkBody(readStatementQuery, request.query);
    const grouping = by === 'tag' ? { by, tag: tag ?? '' } : { by };
    const { orgId } = principalOf(request);
    const statement = await nameLines(names, await readStatement(database, clock(), orgId, period, grouping));
    if (format === 'json') response.json(statement);
    else response.type('text/csv').send(renderStatementCsv(statement));
  };
}
