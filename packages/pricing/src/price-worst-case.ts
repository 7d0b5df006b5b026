import {
  AppError,
  type ComponentRates,
  type PictureClass,
  pictureClasses,
  type Rates,
  type ToolComponent,
  toolComponents,
  type UsageComponent,
} from '@aggregator/contracts';
import { roundUpToNanoUsd } from './round-up.ts';
import { inputComponents, outputComponents } from './select-tier.ts';

/** Upper bounds of what a request can use, before it is sent. */
export interface WorstCase {
  /** Tokens. */
  inputTokensMax: number;
  /** Tokens, over all choices; 0 for operations that generate none. */
  outputTokensMax: number;
  /** Pictures; counts only if `rates.images` is set. Absent: none. */
  imagesMax?: number;
  /** The class of those pictures; they are plain ones if it has no rate. */
  pictureClass?: PictureClass | null;
  /** True if the model chooses their size or quality: they can be of the dearest class. Absent for no. */
  isPictureOpen?: boolean;
  /** What the provider's own tools use; counts only where there is a rate. Absent: nothing. */
  toolsMax?: Readonly<Partial<Record<ToolComponent, number>>>;
  /** Requests that are charged as such; counts only if `rates.requests` is set. */
  requests: number;
}

/**
 * The most that a request within these bounds can cost, in nano-USD: each token at the dearest rate that it can turn
 * out to have. Of a price in two tiers, the dearer one of those that the input can reach; the lower ends at its border.
 * For every usage within the bounds, `priceUsage` is not above it. Pictures that have a price each are not priced by
 * their tokens.
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
  const { imagesMax = 0, outputTokensMax, toolsMax = {} } = worst;
  let amountPicoUsd = toCount(worst.inputTokensMax) * dearestRate(inputComponents, tier, 'inputUncached');
  if (imagesMax > 0 && tier.images !== undefined) amountPicoUsd += toCount(imagesMax) * pictureRate(worst, tier);
  else if (outputTokensMax !== 0) {
    const needed = imagesMax > 0 && tier.imageOut !== undefined ? 'imageOut' : 'outputText';
    amountPicoUsd += toCount(outputTokensMax) * dearestRate(outputComponents, tier, needed);
  }
  for (const component of toolComponents) {
    const usesMax = toolsMax[component];
    if (usesMax !== undefined) amountPicoUsd += toCount(usesMax) * BigInt(tier[component] ?? 0);
  }
  if (tier.requests !== undefined) amountPicoUsd += toCount(worst.requests) * BigInt(tier.requests);
  return amountPicoUsd;
}

function pictureRate({ pictureClass, isPictureOpen = false }: WorstCase, tier: ComponentRates): bigint {
  const plain = BigInt((pictureClass == null ? undefined : tier[pictureClass]) ?? tier.images ?? 0);
  if (!isPictureOpen) return plain;
  const rates = ['images' as const, ...pictureClasses].map((name) => BigInt(tier[name] ?? 0));
  return rates.reduce((most, rate) => (rate > most ? rate : most), plain);
}

/** `needed`: the component that the price must have. */
function dearestRate(components: readonly UsageComponent[], tier: ComponentRates, needed: UsageComponent): bigint {
  if (tier[needed] === undefined) {
    throw new AppError('model_not_priced', { param: needed, internal: `no rate for ${needed}` });
  }
  let dearest = 0n;
  for (const component of components) {
    const listed = tier[component];
    if (listed === undefined) continue;
    const rate = BigInt(listed);
    if (rate > dearest) dearest = rate;
  }
  return dearest;
}

function toCount(units: number): bigint {
  if (!Number.isSafeInteger(units) || units < 0) throw new RangeError(`not a count: ${units}`);
  return BigInt(units);
}
