import { AppError, createSilenceRequest } from '@aggregator/contracts';
import { checkBody } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { createSilence } from '../../alerts/silences.ts';
import { actorOf } from '../../audit/write-audit.ts';
import type { AnalyticsContext } from '../../context.ts';

const longestMs = 90 * 86_400_000;

/** POST /v1/analytics/silences: 201. */
export function createSilenceHandler({ database, now }: AnalyticsContext): RequestHandler {
  return async (request, response) => {
    const { rule = null, labels = {}, until: given, comment } = checkBody(createSilenceRequest, request.body);
    const at = new Date(now());
    const until = new Date(given);
    const leftMs = until.getTime() - at.getTime();
    if (leftMs <= 0 || leftMs > longestMs) {
      const message = "Invalid value for 'until': it must be within the next 90 days.";
      throw new AppError('invalid_value', { param: 'until', message });
    }
    response.status(201).json(await createSilence(database, at, actorOf(request), { rule, labels, until, comment }));
  };
}
