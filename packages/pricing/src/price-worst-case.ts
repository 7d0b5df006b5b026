import { AppError, type ComponentRates, type Rates, type UsageComponent } from '@aggregator/contracts';
import { roundUpToNanoUsd } from './round-up.ts';
import { inputComponents, outputComponents } from './select-tier.ts';

/** Upper bounds of what a request can use, before it is sent. */
export interface WorstCase {
  /** Tokens. */
  inputTokensMax: number;
  /** Tokens, over all choices; 0 for operations that generate none. */
  outputTokensMax: number;
  /** Provider requests that are charged as such; counts only where `rates.requests` is set. */
  requests: number;
}

/**
 * The most that a request within these bounds can cost, in nano-USD: each token at the dearest rate that it can turn out
 * to have. Of a price in two tiers, the dearer one of those that the input can reach; the lower ends at its border. For every
 * usage within the bounds, `priceUsage` is not above it.
 * @throws {AppError} `model_not_priced` if input, or output where there can be any, has no rate.
 * @throws {RangeError} if a bound is not a whole number of 0 or more.
 */
export function priceWorstCase(worst: WorstCase, rates: Rates): bigint {
  const { above } = rates;
  if (above === undefined || !(worst.inputTokensMax > above.inputTokens)) {
    return roundUpToNanoUsd(worstOfTier(worst, rates));
  }
  const below = worstOfTier({ ...worst, inputTokensMax: above.inputTokens }, rates);
  const beyond = worstOfTier(worst, above.rates);
  return roundUpToNanoUsd(below > beyond ? below : beyond);
}

/** In pico-USD. */
function worstOfTier(worst: WorstCase, tier: ComponentRates): bigint {
  let amountPicoUsd = toCount(worst.inputTokensMax) * dearestRate(inputComponents, tier);
  if (worst.outputTokensMax !== 0) {
    amountPicoUsd += toCount(worst.outputTokensMax) * dearestRate(outputComponents, tier);
  }
  if (tier.requests !== undefined) amountPicoUsd += toCount(worst.requests) * BigInt(tier.requests);
  return amountPicoUsd;
}

/** The first component is the one that every price must have. */
function dearestRate(components: readonly [UsageComponent, ...UsageComponent[]], tier: ComponentRates): bigint {
  if (tier[components[0]] === undefined) {
    throw new AppError('model_not_priced', { param: components[0], internal: `no rate for ${components[0]}` });
  }
  let dearest = 0n;
  for (const component of components) {
    const rate = BigInt(tier[component] ?? 0);
    if (rate > dearest) dearest = rate;
  }
  return dearest;
}

function toCount(units: number): bigint {
  if (!Number.isSafeInteger(units) || units < 0) throw new RangeError(`not a count: ${units}`);
  return BigInt(units);
}
