import type { SilenceList } from '@aggregator/contracts';
import type { RequestHandler } from 'express';
import { listSilences } from '../../alerts/silences.ts';
import type { AnalyticsContext } from '../../context.ts';

/** GET /v1/analytics/silences: those that have not ended, newest first. */
export function listSilencesHandler({ database, now }: AnalyticsContext): RequestHandler {
  return async (_request, response) => {
    response.json({ data: await listSilences(database, new Date(now())) } satisfies SilenceList);
  };
}
