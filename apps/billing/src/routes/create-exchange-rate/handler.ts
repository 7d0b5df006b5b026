import { createExchangeRateRequest } from '@aggregator/contracts';
import { checkBody } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { actorOf } from '../../audit/write-audit.ts';
import type { BillingContext } from '../../billing-context.ts';
import { createExchangeRate } from '../../exchange-rates/exchange-rates.ts';

/** POST /v1/billing/exchange-rates: 201; it holds for new payments. */
export function createExchangeRateHandler(context: BillingContext): RequestHandler {
  return async (request, response) => {
    const body = checkBody(createExchangeRateRequest, request.body);
    response.status(201).json(await createExchangeRate(context, body, actorOf(request)));
  };
}
