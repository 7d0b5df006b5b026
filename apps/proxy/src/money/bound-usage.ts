import {
  type ComponentRates,
  pictureClasses,
  toolComponents,
  type Usage,
  type UsageComponent,
  usageComponents,
} from '@aggregator/contracts';
import { inputComponents, outputComponents, selectTier } from '@aggregator/pricing';
import type { DispatchedRequest } from './dispatched-request.ts';

export type Bounds = Pick<
  DispatchedRequest,
  'price' | 'inputTokensMax' | 'outputTokensMax' | 'imagesMax' | 'pictureClass' | 'toolsMax' | 'toolCallsMax'
>;

/** The counter that an unpriced counter is charged as; null: there is none. */
export const plainOf: Readonly<Record<UsageComponent, UsageComponent | null>> = {
  inputUncached: 'inputUncached',
  cacheRead: 'inputUncached',
  cacheWrite5m: 'inputUncached',
  cacheWrite1h: 'inputUncached',
  audioIn: 'inputUncached',
  imageIn: 'inputUncached',
  outputText: 'outputText',
  outputReasoning: 'outputText',
  audioOut: 'outputText',
  imageOut: 'outputText',
  images: null,
  imagesSmall: 'images',
  imagesMedium: 'images',
  imagesLarge: 'images',
  imagesLow: 'images',
  imagesLowLarge: 'images',
  imagesHigh: 'images',
  imagesHighLarge: 'images',
  toolCalls: null,
  fileSearches: null,
  containers: null,
  toolTextIn: null,
  toolImageIn: null,
  toolImageOut: null,
  requests: null,
};

/**
 * Returns a provider's usage in the units of the price: pictures that have a price each, or their tokens, never both; one
 * request if requests have a price; and no container that is free in this request. Returns `usage` itself if nothing changes.
 */
export function toPricedUnits(given: Usage, bounds: Bounds): Usage {
  const { imagesMax = 0, pictureClass, price, toolsMax = {} } = bounds;
  const { rates } = price;
  const usage = withoutUncharged(given, toolsMax.containers !== undefined);
  const isPerPicture = imagesMax > 0 && rates.images !== undefined;
  if (!isPerPicture && usage.images === undefined && rates.requests === undefined) return usage;
  const { images, ...tokens } = usage;
  const picture = pictureClass == null || rates[pictureClass] === undefined ? 'images' : pictureClass;
  const counted: Usage = isPerPicture ? { ...tokens, [picture]: images ?? 0 } : tokens;
  if (isPerPicture) for (const component of outputComponents) delete counted[component];
  return rates.requests === undefined ? counted : { ...counted, requests: 1 };
}

/** No provider reports a class of pictures: the request says it. */
function withoutUncharged(given: Usage, chargesContainers: boolean): Usage {
  const uncharged: readonly UsageComponent[] = chargesContainers ? pictureClasses : [...pictureClasses, 'containers'];
  if (!uncharged.some((component) => given[component] !== undefined)) return given;
  const usage: Usage = { ...given };
  for (const component of uncharged) delete usage[component];
  return usage;
}

/**
 * Cuts a provider's usage to the bounds that the hold was computed with, so that no figure of a provider costs more than
 * what was held. Of tokens above a bound the cheapest stay, which is the smaller reading. Returns `usage` itself if it is within the bounds.
 */
export function boundUsage(
  usage: Usage,
  { price, inputTokensMax, outputTokensMax, imagesMax = 0, pictureClass, toolsMax, toolCallsMax = 0 }: Bounds,
): Usage {
  const input = sumOf(usage, inputComponents);
  const picture = pictureClass != null && usage[pictureClass] !== undefined ? pictureClass : 'images';
  const images = usage[picture] ?? 0;
  const unitsMax: Usage = toolsMax ?? { toolCalls: toolCallsMax };
  const tools: Usage = {};
  for (const component of toolComponents) {
    const units = Math.min(usage[component] ?? 0, unitsMax[component] ?? 0);
    if (units > 0) tools[component] = units;
  }
  const areTokensWithin = input <= inputTokensMax && sumOf(usage, outputComponents) <= outputTokensMax;
  const areToolsWithin = toolComponents.every((component) => (usage[component] ?? 0) <= (unitsMax[component] ?? 0));
  if (areTokensWithin && images <= imagesMax && areToolsWithin) return usage;
  // The input as it will be charged decides the tier.
  const tier = selectTier({ inputUncached: Math.min(input, inputTokensMax) }, price.rates);
  const kept: Usage = {
    ...takeCheapest(usage, inputComponents, inputTokensMax, tier),
    ...takeCheapest(usage, outputComponents, outputTokensMax, tier),
  };
  return {
    ...kept,
    ...(images > 0 && { [picture]: Math.min(images, imagesMax) }),
    ...tools,
    ...(usage.requests !== undefined && { requests: usage.requests }),
  };
}

/** A provider's usage as an event can hold it: no counter above 2^53 − 1. */
export function toReportable(usage: Usage): Usage {
  const reportable: Usage = {};
  for (const component of usageComponents) {
    const units = usage[component];
    if (units !== undefined) reportable[component] = Math.min(units, Number.MAX_SAFE_INTEGER);
  }
  return reportable;
}

function takeCheapest(
  usage: Usage,
  components: readonly UsageComponent[],
  tokensMax: number,
  tier: ComponentRates,
): Usage {
  const rateOf = (component: UsageComponent) => BigInt(tier[component] ?? tier[plainOf[component] ?? component] ?? 0);
  const byRate = [...components].sort((a, b) => Number(rateOf(a) - rateOf(b)));
  const kept: Usage = {};
  let left = tokensMax;
  for (const component of byRate) {
    const units = usage[component];
    if (units === undefined) continue;
    kept[component] = Math.min(units, left);
    left -= kept[component];
  }
  return kept;
}

function sumOf(usage: Usage, components: readonly UsageComponent[]): number {
  return components.reduce((sum, component) => sum + (usage[component] ?? 0), 0);
}
