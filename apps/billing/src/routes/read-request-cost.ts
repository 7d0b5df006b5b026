import { AppError, requestCostNanoUsdMax } from '@aggregator/contracts';
import { parseNanoUsd } from '@aggregator/pricing';

/** What a proxy says that a request may cost, in nano-USD. Throws `invalid_amount`, naming the field. */
export function readRequestCost(text: string, param: string): bigint {
  const cost = parseNanoUsd(text);
  if (cost <= 0n || cost > requestCostNanoUsdMax) throw new AppError('invalid_amount', { param });
  return cost;
}
