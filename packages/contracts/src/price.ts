import { z } from 'zod';
import { picoUsdString } from './money.ts';
import type { UsageComponent } from './usage.ts';

const rate = picoUsdString.optional();

/**
 * Pico-USD per unit of each counter of usage. A missing rate means unpriced: a request that would use it is refused.
 */
export const componentRates = z.strictObject({
  inputUncached: rate,
  cacheRead: rate,
  cacheWrite5m: rate,
  cacheWrite1h: rate,
  outputText: rate,
  outputReasoning: rate,
  audioIn: rate,
  audioOut: rate,
  imageIn: rate,
  imageOut: rate,
  images: rate,
  imagesSmall: rate,
  imagesMedium: rate,
  imagesLarge: rate,
  imagesLow: rate,
  imagesLowLarge: rate,
  imagesHigh: rate,
  imagesHighLarge: rate,
  toolCalls: rate,
  fileSearches: rate,
  containers: rate,
  toolTextIn: rate,
  toolImageIn: rate,
  toolImageOut: rate,
  requests: rate,
} satisfies Record<UsageComponent, typeof rate>);
export type ComponentRates = z.infer<typeof componentRates>;

/** Tokens of input, the last that the lower tier holds for. */
export const tierBorder = z.number().int().min(1).max(100_000_000);

/**
 * What a model costs. Where its vendor charges a long request otherwise, `above` says how: once all of its input
 * together, including its cached part, is more than `inputTokens`, every unit of the request has those rates and no
 * other, output included. A rate that is missing there is missing, not taken from below.
 */
export const rates = componentRates.extend({
  above: z
    .strictObject({
      inputTokens: tierBorder,
      rates: componentRates.refine(({ inputUncached }) => inputUncached !== undefined, 'plain input needs a rate'),
    })
    .optional(),
});
export type Rates = z.infer<typeof rates>;

const priceVersion = z.string().min(1).max(100);

/**
 * An immutable price: what the customer pays. The version is pinned when money is held, so a later change never alters
 * a charge. `cost` is what the provider charges us; absent if that is the same.
 */
export const price = z.strictObject({
  version: priceVersion,
  rates,
  cost: z.strictObject({ version: priceVersion, rates }).optional(),
});
export type Price = z.infer<typeof price>;
