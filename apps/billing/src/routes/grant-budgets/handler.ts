import { type BudgetGrantAnswer, budgetGrantRequest } from '@aggregator/contracts';
import { checkBody } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import type { BillingContext } from '../../billing-context.ts';
import { readRequestCost } from '../read-request-cost.ts';

/** POST /internal/budgets/grants */
export function grantBudgetsHandler({ budgetDesk, events }: BillingContext): RequestHandler {
  return async (request, response) => {
    const wanted = checkBody(budgetGrantRequest, request.body);
    for (const { neededNanoUsd } of wanted.budgets) readRequestCost(neededNanoUsd, 'neededNanoUsd');
    const answer: BudgetGrantAnswer = { budgets: await budgetDesk.grant(wanted) };
    events.budgetsGranted(answer.budgets.map(({ result }) => result));
    response.json(answer);
  };
}
