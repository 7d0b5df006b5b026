import { AppError, type Rates, type UsageComponent } from '@aggregator/contracts';
import { roundUpToNanoUsd } from './round-up.ts';

/** Upper bounds of what a request can use, before it is sent. */
export interface WorstCase {
  /** Tokens. */
  inputTokensMax: number;
  /** Tokens, over all choices; 0 for operations that generate none. */
  outputTokensMax: number;
  /** Provider requests that are charged as such; counts only where `rates.requests` is set. */
  requests: number;
}

/** What one input token can turn out to be. */
const inputComponents = ['inputUncached', 'cacheRead', 'cacheWrite5m', 'cacheWrite1h', 'audioIn'] as const;
/** What one output token can turn out to be. */
const outputComponents = ['outputText', 'outputReasoning', 'audioOut'] as const;

/**
 * The most that a request within these bounds can cost, in nano-USD: each token at the dearest rate that it can turn out
 * to have. For every usage within the bounds, `priceUsage` is not above it.
 * @throws {AppError} `model_not_priced` if input, or output where there can be any, has no rate.
 * @throws {RangeError} if a bound is not a whole number of 0 or more.
 */
export function priceWorstCase(worst: WorstCase, rates: Rates): bigint {
  let amountPicoUsd = toCount(worst.inputTokensMax) * dearestRate(inputComponents, rates);
  if (worst.outputTokensMax !== 0) {
    amountPicoUsd += toCount(worst.outputTokensMax) * dearestRate(outputComponents, rates);
  }
  if (rates.requests !== undefined) amountPicoUsd += toCount(worst.requests) * BigInt(rates.requests);
  return roundUpToNanoUsd(amountPicoUsd);
}

/** The first component is the one that every price must have. */
function dearestRate(components: readonly [UsageComponent, ...UsageComponent[]], rates: Rates): bigint {
  if (rates[components[0]] === undefined) {
    throw new AppError('model_not_priced', { param: components[0], internal: `no rate for ${components[0]}` });
  }
  let dearest = 0n;
  for (const component of components) {
    const rate = BigInt(rates[component] ?? 0);
    if (rate > dearest) dearest = rate;
  }
  return dearest;
}

function toCount(units: number): bigint {
  if (!Number.isSafeInteger(units) || units < 0) throw new RangeError(`not a count: ${units}`);
  return BigInt(units);
}
