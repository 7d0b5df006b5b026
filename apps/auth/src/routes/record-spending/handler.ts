import { budgetSpending } from '@aggregator/contracts';
import { checkBody } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import type { AuthContext } from '../../auth-context.ts';
import { sendAlerts } from '../../budgets/send-alerts.ts';

/** POST /internal/budgets/spending: what billing has counted. */
export function recordSpendingHandler(context: AuthContext): RequestHandler {
  return async (request, response) => {
    for (const spending of checkBody(budgetSpending, request.body).budgets) await sendAlerts(context, spending);
    response.status(204).end();
  };
}
