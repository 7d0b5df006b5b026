import { ledgerHoldRequest } from '@aggregator/contracts';
import { checkBody } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import type { BillingContext } from '../../billing-context.ts';
import { holdMoney } from '../../holds/hold-money.ts';
import { raiseHold } from '../../holds/raise-hold.ts';
import { readRequestCost } from '../read-request-cost.ts';

/** POST /internal/holds */
export function createHoldHandler({ database, config, events, organizations }: BillingContext): RequestHandler {
  const { signUpCreditNanoUsd, chargeMinuteMaxNanoUsd } = config;
  return async (request, response) => {
    const {
      orgId,
      requestId,
      holdNanoUsd,
      ttlMs,
      isRaise = false,
      budgets = [],
    } = checkBody(ledgerHoldRequest, request.body);
    const amountNanoUsd = readRequestCost(holdNanoUsd, 'holdNanoUsd');
    const hold = { orgId: orgId.toLowerCase(), requestId: requestId.toLowerCase(), amountNanoUsd, budgets };
    const answer = isRaise
      ? await raiseHold(database, hold, { chargeMinuteMaxNanoUsd })
      : await holdMoney(database, hold, { ttlMs, signUpCreditNanoUsd, chargeMinuteMaxNanoUsd, organizations });
    events.holdAnswered(answer.result);
    response.json(answer);
  };
}
