import { AppError } from '@aggregator/contracts';
import { parseNanoUsd } from '@aggregator/pricing';

/** A million dollars: no request may cost that. */
const costNanoUsdMax = 1_000_000_000_000_000n;

/** What a proxy says that a request may cost, in nano-USD. Throws `invalid_amount`, naming the field. */
export function readRequestCost(text: string, param: string): bigint {
  const cost = parseNanoUsd(text);
  if (cost <= 0n || cost > costNanoUsdMax) throw new AppError('invalid_amount', { param });
  return cost;
}
