import { AppError, type Rates, type Usage, usageComponents } from '@aggregator/contracts';
import { roundUpToNanoUsd } from './round-up.ts';
import { selectTier } from './select-tier.ts';

/**
 * What a usage costs, in nano-USD: Σ units × rate in pico-USD, rounded once, up; where the price has two tiers, all of
 * it by the one that its input falls into. A counter that is missing or 0 needs no rate.
 * @throws {AppError} `model_not_priced`, `param` naming the counter, if one that was used has no rate; never free.
 * @throws {RangeError} if a counter is not a whole number of 0 or more.
 */
export function priceUsage(usage: Usage, rates: Rates): bigint {
  const tier = selectTier(usage, rates);
  let amountPicoUsd = 0n;
  for (const component of usageComponents) {
    const units = usage[component];
    if (units === undefined || units === 0) continue;
    if (!Number.isSafeInteger(units) || units < 0) throw new RangeError(`not a count: ${component} ${units}`);
    const rate = tier[component];
    if (rate === undefined) {
      throw new AppError('model_not_priced', { param: component, internal: `no rate for ${component}` });
    }
    amountPicoUsd += BigInt(units) * BigInt(rate);
  }
  return roundUpToNanoUsd(amountPicoUsd);
}
