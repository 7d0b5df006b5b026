import { AppError } from '@aggregator/contracts';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { actorOf } from '../../audit/write-audit.ts';
import type { BillingContext } from '../../billing-context.ts';
import { replayDeadLetter } from '../../inbox/dead-letters.ts';

const parameters = z.object({ id: z.uuid() });

/** POST /v1/billing/dead-letters/{id}/replay */
export function replayDeadLetterHandler(context: BillingContext): RequestHandler {
  return async (request, response) => {
    const parsed = parameters.safeParse(request.params);
    const replay = parsed.success
      ? await replayDeadLetter(context, parsed.data.id, context.clock(), actorOf(request))
      : null;
    if (replay === null) throw new AppError('not_found');
    response.json(replay);
  };
}
