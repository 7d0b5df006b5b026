import { AppError } from '@aggregator/contracts';
import { principalOf } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { actorOf } from '../../audit/write-audit.ts';
import type { BillingContext } from '../../billing-context.ts';
import { declareSpoolLost } from '../../spools/declare-lost.ts';

const parameters = z.object({ id: z.string().min(1).max(100) });

/** POST /v1/billing/spools/{id}/lost: 204; money waits for the spool no longer. */
export function declareSpoolLostHandler({ database, events }: BillingContext): RequestHandler {
  return async (request, response) => {
    const parsed = parameters.safeParse(request.params);
    if (!parsed.success || !(await declareSpoolLost(database, parsed.data.id, actorOf(request))))
      throw new AppError('not_found');
    events.spoolDeclaredLost({ spoolId: parsed.data.id, actorUserId: principalOf(request).userId });
    response.status(204).end();
  };
}
