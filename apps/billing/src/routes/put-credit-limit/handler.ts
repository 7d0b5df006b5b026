import { putCreditLimitRequest } from '@aggregator/contracts';
import { checkBody, readIfMatch } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { actorOf } from '../../audit/write-audit.ts';
import type { BillingContext } from '../../billing-context.ts';
import { putCreditLimit } from '../../payers/credit-limit.ts';
import { idOf } from '../id-of.ts';

/** PUT /v1/billing/payers/{id}/credit-limit: how far its balance may be below zero. */
export function putCreditLimitHandler(context: BillingContext): RequestHandler {
  return async (request, response) => {
    const { creditLimitNanoUsd } = checkBody(putCreditLimitRequest, request.body);
    const id = idOf(request.params.id);
    response.json(await putCreditLimit(context, id, creditLimitNanoUsd, actorOf(request), readIfMatch(request)));
  };
}
