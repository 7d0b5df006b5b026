import { z } from 'zod';
import { picoUsdString } from './money.ts';
import type { UsageComponent } from './usage.ts';

const rate = picoUsdString.optional();

/** Pico-USD per unit of each counter of usage. A missing rate means unpriced: a request that would use it is refused. */
export const rates = z.strictObject({
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
  toolCalls: rate,
  requests: rate,
} satisfies Record<UsageComponent, typeof rate>);
export type Rates = z.infer<typeof rates>;

/** An immutable price. The version is pinned when money is held, so a later change never alters a charge. */
export const price = z.strictObject({ version: z.string().min(1).max(100), rates });
export type Price = z.infer<typeof price>;
