import { type PaidOrganizationPage, payerState } from '@aggregator/contracts';
import { checkBody, principalOf, toPage } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import type { ReadContext } from '../../tenants/tenant-reads.ts';
import { pageQuery } from '../page-query.ts';

/** GET /v1/billing/paid-organizations: those that the caller's organisation pays for, or is asked to, by their ids. */
export function listPaidOrganizationsHandler({ database }: ReadContext): RequestHandler {
  return async (request, response) => {
    const { cursor, limit } = checkBody(pageQuery, request.query);
    const rows = await database.paidOrganization.findMany({
      where: { payerId: principalOf(request).orgId, ...(cursor === undefined ? {} : { orgId: { gt: cursor } }) },
      orderBy: { orgId: 'asc' },
      take: limit + 1,
    });
    const show = ({ orgId, state, since }: (typeof rows)[number]) => ({
      ...{ organizationId: orgId, state: payerState.parse(state), since: since.toISOString() },
    });
    response.json(toPage(rows, limit, ({ orgId }) => orgId, show) satisfies PaidOrganizationPage);
  };
}
