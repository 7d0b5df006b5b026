import { z } from 'zod';

/**
 * What a request used, as disjoint counters: no token is in two of them, so a price is a plain sum. Each provider's
 * adapter states how its own numbers, which often include one another, become these.
 */
export const usageComponents = [
  'inputUncached',
  'cacheRead',
  'cacheWrite5m',
  'cacheWrite1h',
  'outputText',
  'outputReasoning',
  'audioIn',
  'audioOut',
  'imageIn',
  'imageOut',
  'images',
  'toolCalls',
  'requests',
] as const;
export type UsageComponent = (typeof usageComponents)[number];

/**
 * `imageOut` counts tokens of a picture, `images` counts pictures: a model is priced by one of them. `toolCalls` counts
 * calls of the provider's own tools, `requests` counts requests.
 */
const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).optional();

/** Counters in units (tokens, images, calls). A missing counter is zero. */
export const usage = z.strictObject({
  inputUncached: count,
  cacheRead: count,
  cacheWrite5m: count,
  cacheWrite1h: count,
  outputText: count,
  outputReasoning: count,
  audioIn: count,
  audioOut: count,
  imageIn: count,
  imageOut: count,
  images: count,
  toolCalls: count,
  requests: count,
} satisfies Record<UsageComponent, typeof count>);
export type Usage = z.infer<typeof usage>;
