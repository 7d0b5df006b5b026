import { AppError, type ComponentRates, type EstimateMethod, type Usage, usageComponents } from '@aggregator/contracts';
import { priceUsage, selectTier } from '@aggregator/pricing';
import { type Bounds, boundUsage, plainOf, toPricedUnits, toReportable } from './bound-usage.ts';
import type { DispatchedRequest } from './dispatched-request.ts';

/** What a request is charged for. `amountNanoUsd` is what `usage` costs at the pinned price, always. */
export interface Charge {
  readonly usage: Usage;
  readonly amountNanoUsd: bigint;
  readonly estimated: boolean;
  /**
   * The provider's figures if they are not what is charged: they are outside the bounds of the request, or contradict each
   * other (`usage_inconsistent`). Null otherwise.
   */
  readonly reportedUsage: Usage | null;
  /** How `usage` was estimated; null if it was not. */
  readonly estimate: EstimateMethod | null;
}

export type Priced = Bounds & Pick<DispatchedRequest, 'model' | 'inputTokensEstimate' | 'outputTokensEstimate'>;

export const noCharge: Charge = {
  ...{ usage: {}, amountNanoUsd: 0n, estimated: false },
  ...{ reportedUsage: null, estimate: null },
};

/**
 * Charges the provider's figures at the pinned price, and the bound if they are above it: never more than was held.
 * @param contradictory All of the provider's figures if they contradict each other; `reading` is the smaller reading.
 */
export function chargeUsage(reading: Usage, request: Priced, contradictory: Usage | null = null): Charge {
  const counted = toPricedUnits(reading, request);
  const usage = boundUsage(counted, request);
  const reported = contradictory ?? (usage === counted ? null : reading);
  const reportedUsage = reported === null ? null : toReportable(reported);
  return { ...priceOrFold(usage, request, reportedUsage !== null), reportedUsage, estimate: null };
}

export function priceOrFold(usage: Usage, { price: { rates } }: Priced, estimated: boolean) {
  try {
    return { usage, amountNanoUsd: priceUsage(usage, rates), estimated };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const folded = foldUnpriced(usage, selectTier(usage, rates));
    return { usage: folded, amountNanoUsd: priceUsage(folded, rates), estimated: true };
  }
}

/**
 * Counters that the price has no rate for, counted as plain input or output: the answer is out already, and such a use is
 * never free. What is neither (a tool call) cannot be charged; the event is flagged either way. Input stays input, so the tier stays, too.
 */
function foldUnpriced(usage: Usage, rates: ComponentRates): Usage {
  const folded: Usage = {};
  for (const component of usageComponents) {
    const units = usage[component];
    const plain = rates[component] === undefined ? plainOf[component] : component;
    // A model that is priced for pictures alone: words beside them count as pictures do.
    const target = plain === 'outputText' && rates.outputText === undefined ? 'imageOut' : plain;
    if (units === undefined || target === null || rates[target] === undefined) continue;
    folded[target] = (folded[target] ?? 0) + units;
  }
  return folded;
}
