import { AppError } from '@aggregator/contracts';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { actorOf } from '../../audit/write-audit.ts';
import type { BillingContext } from '../../billing-context.ts';
import { dropDeadLetter } from '../../inbox/dead-letters.ts';

const parameters = z.object({ id: z.uuid() });

/** DELETE /v1/billing/dead-letters/{id}: 204; what is due is charged apart from it. */
export function dropDeadLetterHandler({ database, clock }: BillingContext): RequestHandler {
  return async (request, response) => {
    const parsed = parameters.safeParse(request.params);
    const isDropped = parsed.success && (await dropDeadLetter(database, parsed.data.id, clock(), actorOf(request)));
    if (!isDropped) throw new AppError('not_found');
    response.status(204).end();
  };
}
