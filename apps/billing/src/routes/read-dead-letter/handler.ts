import { AppError } from '@aggregator/contracts';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import type { BillingContext } from '../../billing-context.ts';
import { readDeadLetter } from '../../inbox/dead-letters.ts';

const parameters = z.object({ id: z.uuid() });

/** GET /v1/billing/dead-letters/{id} */
export function readDeadLetterHandler({ database }: BillingContext): RequestHandler {
  return async (request, response) => {
    const parsed = parameters.safeParse(request.params);
    const letter = parsed.success ? await readDeadLetter(database, parsed.data.id) : null;
    if (letter === null) throw new AppError('not_found');
    response.json(letter);
  };
}
