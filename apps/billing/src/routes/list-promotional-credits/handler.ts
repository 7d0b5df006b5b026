import { principalOf } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { toPromotionalCredit } from '../../promotional-credits/promotional-credits.ts';
import type { ReadContext } from '../../tenants/tenant-reads.ts';

/** More than an organisation can have. */
const rowsMax = 100;

/** GET /v1/billing/promotional-credits: the organisation's credits that have something left, the first to end first. */
export function listPromotionalCreditsHandler({ database }: ReadContext): RequestHandler {
  return async (request, response) => {
    const rows = await database.promotionalCredit.findMany({
      where: { orgId: principalOf(request).orgId, remaining: { gt: 0n } },
      orderBy: [{ expiresAt: 'asc' }, { id: 'asc' }],
      take: rowsMax,
    });
    response.json({ data: rows.map(toPromotionalCredit) });
  };
}
