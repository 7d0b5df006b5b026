import { spoolWatermark } from '@aggregator/contracts';
import { checkBody } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import type { BillingContext } from '../../billing-context.ts';
import { recordWatermark } from '../../spools/record-watermark.ts';

/** POST /internal/spools/watermark */
export function recordWatermarkHandler({ database }: BillingContext): RequestHandler {
  return async (request, response) => {
    response.json(await recordWatermark(database, checkBody(spoolWatermark, request.body)));
  };
}
