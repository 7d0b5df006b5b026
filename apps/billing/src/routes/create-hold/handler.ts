import { AppError, ledgerHoldRequest } from '@aggregator/contracts';
import { parseNanoUsd } from '@aggregator/pricing';
import { checkBody } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import type { BillingContext } from '../../context.ts';
import { holdMoney } from '../../holds/hold-money.ts';

/** A million dollars: no request may cost that. */
const holdNanoUsdMax = 1_000_000_000_000_000n;

/** POST /internal/holds */
export function createHoldHandler({ database, config, events }: BillingContext): RequestHandler {
  const { signUpCreditNanoUsd } = config;
  return async (request, response) => {
    const { orgId, requestId, holdNanoUsd, ttlMs } = checkBody(ledgerHoldRequest, request.body);
    const amountNanoUsd = parseNanoUsd(holdNanoUsd);
    if (amountNanoUsd <= 0n || amountNanoUsd > holdNanoUsdMax) {
      throw new AppError('invalid_amount', { param: 'holdNanoUsd' });
    }
    const hold = { orgId: orgId.toLowerCase(), requestId: requestId.toLowerCase(), amountNanoUsd };
    const answer = await holdMoney(database, hold, { ttlMs, signUpCreditNanoUsd });
    events.holdAnswered(answer.result);
    response.json(answer);
  };
}
