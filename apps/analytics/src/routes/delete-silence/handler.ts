import { AppError } from '@aggregator/contracts';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { deleteSilence } from '../../alerts/silences.ts';
import { actorOf } from '../../audit/write-audit.ts';
import type { AnalyticsContext } from '../../context.ts';

const parameters = z.object({ id: z.uuid() });

/** DELETE /v1/analytics/silences/{id}: 204. Alerts that fire are sent in the next round. */
export function deleteSilenceHandler({ database, now }: AnalyticsContext): RequestHandler {
  return async (request, response) => {
    const parsed = parameters.safeParse(request.params);
    if (!parsed.success || !(await deleteSilence(database, new Date(now()), actorOf(request), parsed.data.id))) {
      throw new AppError('not_found');
    }
    response.status(204).end();
  };
}
