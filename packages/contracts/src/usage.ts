import { z } from 'zod';

/** What a provider's own tools are charged by, beside the tokens of the model. */
export const toolComponents = [
  'toolCalls',
  'fileSearches',
  'containers',
  'toolTextIn',
  'toolImageIn',
  'toolImageOut',
] as const;
export type ToolComponent = (typeof toolComponents)[number];

/** Pictures that have a price of their own; any other is one of `images`. */
export const pictureClasses = [
  'imagesSmall',
  'imagesMedium',
  'imagesLarge',
  'imagesLow',
  'imagesLowLarge',
  'imagesHigh',
  'imagesHighLarge',
] as const;
export type PictureClass = (typeof pictureClasses)[number];

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
  ...pictureClasses,
  ...toolComponents,
  'requests',
] as const;
export type UsageComponent = (typeof usageComponents)[number];

/**
 * `imageOut` counts tokens of a picture, `images` and the classes count pictures: a model is priced by one of them.
 * `toolCalls` counts searches of the web, `fileSearches` searches of files, `containers` gigabytes of memory of the
 * containers that code ran in, `toolTextIn`, `toolImageIn` and `toolImageOut` the tokens of a picture that the model
 * ordered. `requests` counts requests.
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
  imagesSmall: count,
  imagesMedium: count,
  imagesLarge: count,
  imagesLow: count,
  imagesLowLarge: count,
  imagesHigh: count,
  imagesHighLarge: count,
  toolCalls: count,
  fileSearches: count,
  containers: count,
  toolTextIn: count,
  toolImageIn: count,
  toolImageOut: count,
  requests: count,
} satisfies Record<UsageComponent, typeof count>);
export type Usage = z.infer<typeof usage>;
