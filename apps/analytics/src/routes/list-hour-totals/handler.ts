import { checkBody } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import type { AnalyticsContext } from '../../context.ts';
import { readHourTotals } from '../../usage/read-hour-totals.ts';

const query = z.strictObject({
  hour: z.iso.datetime().transform((text) => new Date(text)),
  after: z
    .string()
    .max(1000)
    .regex(/^[0-9a-f-]{36} /, 'must be the `next` of a page')
    .optional(),
});

/** `GET /internal/hour-totals`: what billing compares with its ledger. */
export function listHourTotals({ database }: AnalyticsContext): RequestHandler {
  return async (request, response) => {
    const { hour, after } = checkBody(query, request.query);
    response.json(await readHourTotals(database, hour, after));
  };
}
