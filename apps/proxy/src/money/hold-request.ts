import type { AdmitAnswer, AdmitRequest } from '@aggregator/admission';
import { AppError, type SnapshotModel } from '@aggregator/contracts';
import type { RoutePlan } from '@aggregator/routing';
import type { Exchange } from '../exchange.ts';
import type { ProxyContext } from '../proxy-context.ts';
import { BudgetExceeded } from './budget-error.ts';
import type { Hold } from './hold.ts';
import { toLimitRefusal } from './limit-refusal.ts';
import { limitsOf, toActualCosts } from './limit-subjects.ts';
import { addHeaders } from './rate-headers.ts';
import { releaseHold } from './release-hold.ts';
import type { RequestBounds } from './request-bounds.ts';
import { budgetsOf, type RequestBudget } from './request-budgets.ts';
import { checkCost, dearestWithin, withAdvice } from './request-cost.ts';
import { toRateError } from './request-limits.ts';

const roundsMax = 8;
/** With less credit left than for so many requests like this one, more is asked for before a request needs it. */
const aheadHolds = 8n;
/** A hold outlives its request by this, so that it never goes while a settlement is on its way. */
const settleMarginMs = 60_000;

/** Parts that take a hold and raise it. */
export type HoldContext = Pick<ProxyContext, 'admission' | 'budgets' | 'config' | 'events' | 'leases' | 'now'>;

/**
 * Takes all that the request may cost from the organisation's credit and from every budget, and its share of every limit, in
 * one step of the counter store; where one does not suffice, asks billing for more and tries again. Sets the limits' headers
 * on the answer. Throws `rate_limit_exceeded`, `budget_exceeded`, `insufficient_quota`, `request_cost_too_high`, `model_not_priced`,
 * `billing_unavailable`, `service_unavailable`; then nothing is held.
 */
export async function holdRequest(
  context: HoldContext,
  exchange: Exchange,
  plan: Pick<RoutePlan, 'targets'>,
  boundsAt: (model: SnapshotModel) => RequestBounds,
): Promise<Hold> {
  const [first] = plan.targets;
  if (first === undefined) throw new AppError('model_not_found', { param: 'model' });
  const firstModel = first.candidate.model;
  const bounds = boundsAt(firstModel);
  const boundsOf = (model: SnapshotModel) => (model === firstModel ? bounds : boundsAt(model));
  const namesOf = () => plan.targets.map(({ candidate }) => candidate.model.id);
  const limits = limitsOf(exchange.principal, bounds, namesOf);
  const budgets = budgetsOf(exchange, namesOf, context.now());
  const request: AdmitRequest & { budgets: readonly RequestBudget[] } = {
    orgId: exchange.principal.orgId,
    requestId: exchange.requestId,
    holdNanoUsd: dearestWithin(plan, boundsOf, context.config.requestCostNanoUsdMax),
    holdTtlMs: context.config.requestTimeoutMs + settleMarginMs,
    rates: exchange.limits.leftOf(limits.rates),
    concurrency: limits.concurrency,
    budgets: budgets.hard,
  };
  try {
    await takeHold(context, exchange, request);
  } catch (error) {
    if (error instanceof BudgetExceeded) addHeaders(exchange.response, error.headers);
    throw withAdvice(error, bounds, request.holdNanoUsd);
  }
  return { amountNanoUsd: request.holdNanoUsd, bounds, budgets, ...limits.subjects };
}

/** Takes the hold; asks billing for more if the credit or a budget does not suffice, and tries again. */
async function takeHold(
  context: HoldContext,
  exchange: Exchange,
  request: AdmitRequest & { budgets: readonly RequestBudget[] },
): Promise<void> {
  for (let round = 1; round <= roundsMax; round += 1) {
    const answer = await admit(context, request);
    exchange.limits.noteHold(exchange.response, answer);
    switch (answer.result) {
      case 'admitted':
        if (answer.creditNanoUsd < request.holdNanoUsd * aheadHolds) {
          context.leases.askAhead(request.orgId, request.holdNanoUsd * aheadHolds);
        }
        return;
      case 'rate_limited':
        throw toRateError(exchange.principal, answer);
      case 'concurrency_limited':
        throw toLimitRefusal(exchange.principal, { ...answer, retryAfterMs: null });
      case 'no_budget':
        await askForRoom(context, request.orgId, request, answer.lacking);
        break;
      case 'no_credit':
        await context.leases.ask(request.orgId, request.holdNanoUsd);
    }
  }
  // Credit came each time, and each time others took it first.
  throw new AppError('service_unavailable', { internal: `no credit after ${roundsMax} leases`, retryAfterMs: 1000 });
}

function askForRoom(
  { budgets }: Pick<HoldContext, 'budgets'>,
  orgId: string,
  request: { budgets: readonly RequestBudget[]; holdNanoUsd: bigint },
  lacking: readonly string[],
): Promise<void> {
  const named = request.budgets.filter(({ subject }) => lacking.includes(subject));
  return budgets.ask(orgId, named, request.holdNanoUsd);
}

/**
 * Makes sure that the hold covers what is about to be sent: raises it if it does not. Throws `budget_exceeded`, `insufficient_quota`,
 * `request_cost_too_high`, `billing_unavailable`, `service_unavailable` if it cannot be raised; the hold then stays as it is, and nothing may be sent.
 */
export async function raiseHold(
  context: HoldContext,
  { principal: { orgId }, requestId }: Exchange,
  hold: Hold,
  neededNanoUsd: bigint,
): Promise<void> {
  if (neededNanoUsd <= hold.amountNanoUsd) return;
  checkCost(neededNanoUsd, context.config.requestCostNanoUsdMax);
  for (let round = 1; round <= roundsMax; round += 1) {
    const budgets = hold.budgets.hard;
    const answer = await context.admission.raiseHold({ orgId, requestId, holdNanoUsd: neededNanoUsd, budgets });
    if (answer.result === 'raised') {
      context.events.holdRaised(requestId, hold.amountNanoUsd, neededNanoUsd);
      hold.amountNanoUsd = neededNanoUsd;
      return;
    }
    if (answer.result === 'absent') {
      throw new AppError('service_unavailable', { internal: 'the hold is gone', retryAfterMs: 1000 });
    }
    const holdNanoUsd = neededNanoUsd - hold.amountNanoUsd;
    if (answer.result === 'no_budget') await askForRoom(context, orgId, { budgets, holdNanoUsd }, answer.lacking);
    else await context.leases.ask(orgId, holdNanoUsd);
  }
  throw new AppError('service_unavailable', { internal: `no credit after ${roundsMax} leases`, retryAfterMs: 1000 });
}

async function admit(context: HoldContext, request: AdmitRequest): Promise<AdmitAnswer> {
  try {
    return await context.admission.admit(request);
  } catch (cause) {
    // It may have been carried out all the same.
    const { orgId, requestId } = request;
    void releaseHold(context, { orgId, requestId, actualNanoUsd: 0n, actualCosts: {} });
    if (cause instanceof RangeError || cause instanceof AppError) throw cause;
    throw new AppError('service_unavailable', { internal: 'the counter store', cause, retryAfterMs: 1000 });
  }
}

/** Gives everything back where the request is not sent after all. */
export function cancelHold(context: Pick<HoldContext, 'admission' | 'events'>, exchange: Exchange, hold: Hold): void {
  void releaseHold(context, {
    orgId: exchange.principal.orgId,
    requestId: exchange.requestId,
    actualNanoUsd: 0n,
    actualCosts: toActualCosts(hold, 0),
  });
}
