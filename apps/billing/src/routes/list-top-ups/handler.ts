import { AppError, type TopUpPage } from '@aggregator/contracts';
import { checkBody, principalOf, toPage } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { toTopUp } from '../../payments/payment-rows.ts';
import type { ReadContext } from '../../tenants/tenant-reads.ts';
import { pageQuery } from '../page-query.ts';

const query = pageQuery.extend({ organizationId: z.uuid().toLowerCase().optional() });

/** GET /v1/billing/top-ups: newest first. Those of another organisation for `billing:manage` alone. */
export function listTopUpsHandler({ database }: ReadContext): RequestHandler {
  return async (request, response) => {
    const principal = principalOf(request);
    const { organizationId, cursor, limit } = checkBody(query, request.query);
    const orgId = organizationId ?? principal.orgId;
    if (orgId !== principal.orgId && !principal.scopes.includes('billing:manage')) throw new AppError('not_found');
    const rows = await database.payment.findMany({
      where: { orgId, ...(cursor === undefined ? {} : { id: { lt: cursor } }) },
      orderBy: { id: 'desc' },
      take: limit + 1,
    });
    response.json(toPage(rows, limit, ({ id }) => id, toTopUp) satisfies TopUpPage);
  };
}
