import { AppError, adviceQuery } from '@aggregator/contracts';
import { checkBody, principalOf } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import type { BillingContext } from '../../billing-context.ts';
import { monthBefore, readMonth } from '../../invoices/read-month.ts';

/** GET /v1/billing/advice: how the organisation could have paid less in a month; last month, if none is named. */
export function readAdviceHandler({ database, adviceDesk, clock }: BillingContext): RequestHandler {
  return async (request, response) => {
    const { period } = checkBody(adviceQuery, request.query);
    const { orgId } = principalOf(request);
    const month = await (period === undefined
      ? monthBefore(database, orgId, clock())
      : readMonth(database, orgId, period));
    if (month.from > clock()) {
      throw new AppError('invalid_value', { param: 'period', message: 'This month has not begun.' });
    }
    response.json(await adviceDesk.read(orgId, month));
  };
}
