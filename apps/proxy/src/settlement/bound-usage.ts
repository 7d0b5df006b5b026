import { type ComponentRates, type Usage, type UsageComponent, usageComponents } from '@aggregator/contracts';
import { inputComponents, outputComponents, selectTier } from '@aggregator/pricing';
import type { DispatchedRequest } from './dispatched-request.ts';

export type Bounds = Pick<DispatchedRequest, 'price' | 'inputTokensMax' | 'outputTokensMax'>;

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
  toolCalls: null,
  requests: null,
};

/**
 * Cuts a provider's usage to the bounds that the hold was computed with, so that no figure of a provider costs more than
 * what was held. Of tokens above a bound the cheapest stay, which is the smaller reading. Returns `usage` itself if it is
 * within the bounds.
 */
export function boundUsage(usage: Usage, { price, inputTokensMax, outputTokensMax }: Bounds): Usage {
  const input = sumOf(usage, inputComponents);
  if (input <= inputTokensMax && sumOf(usage, outputComponents) <= outputTokensMax) return usage;
  // The input as it will be charged decides the tier.
  const tier = selectTier({ inputUncached: Math.min(input, inputTokensMax) }, price.rates);
  const kept: Usage = {
    ...takeCheapest(usage, inputComponents, inputTokensMax, tier),
    ...takeCheapest(usage, outputComponents, outputTokensMax, tier),
  };
  const bounded: Usage = {};
  for (const component of usageComponents) {
    const isToken = plainOf[component] !== null;
    const units = isToken ? kept[component] : usage[component];
    if (units !== undefined) bounded[component] = units;
  }
  return bounded;
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
