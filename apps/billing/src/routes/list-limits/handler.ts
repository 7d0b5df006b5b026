import type { limitStatusList } from '@aggregator/contracts';
import { principalOf } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import type { z } from 'zod';
import type { BillingContext } from '../../billing-context.ts';
import { readUse } from '../../limits/read-use.ts';

/** GET /v1/billing/limits: the list of auth, with what is used. */
export function listLimitsHandler({ admission, limitDirectory }: BillingContext): RequestHandler {
  return async (request, response) => {
    const orgId = principalOf(request).orgId.toLowerCase();
    const query = new URL(request.url, 'http://billing').searchParams;
    const { data, nextCursor } = await limitDirectory.list(orgId, query);
    const answer: z.infer<typeof limitStatusList> = {
      data: await readUse(admission, orgId, data, Date.now()),
      nextCursor,
    };
    response.json(answer);
  };
}
