import { AppError, judgeDifferenceRequest } from '@aggregator/contracts';
import { checkBody } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { actorOf } from '../../audit/write-audit.ts';
import type { BillingContext } from '../../billing-context.ts';
import { judgeDifference } from '../../reconciliation/differences.ts';

const parameters = z.object({ id: z.uuid() });

/** POST /v1/billing/differences/{id}/judge: 204; a correction, if one is due, is posted apart from it. */
export function judgeDifferenceHandler({ database, clock }: BillingContext): RequestHandler {
  return async (request, response) => {
    const parsed = parameters.safeParse(request.params);
    const judgement = checkBody(judgeDifferenceRequest, request.body);
    if (!parsed.success) throw new AppError('not_found');
    await judgeDifference(database, { ...judgement, id: parsed.data.id, now: clock(), actor: actorOf(request) });
    response.status(204).end();
  };
}
