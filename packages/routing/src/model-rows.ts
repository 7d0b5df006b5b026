import type { ModelRow, Rates, UsageComponent } from '@aggregator/contracts';
import { formatUsdPerUnit } from '@aggregator/pricing';
import type { Candidate } from './candidate.ts';

/** OpenRouter's names of prices. Source: https://openrouter.ai/docs/api/api-reference/models (read 2026-11). */
const pricingNames: readonly (readonly [string, UsageComponent])[] = [
  ['prompt', 'inputUncached'],
  ['completion', 'outputText'],
  ['input_cache_read', 'cacheRead'],
  ['input_cache_write', 'cacheWrite5m'],
  ['internal_reasoning', 'outputReasoning'],
  ['image', 'imageIn'],
  ['image_output', 'images'],
  ['request', 'requests'],
];

/** The subject of a row of `GET /models`: one model, or a route to several. */
export interface Listed {
  readonly isRoute: boolean;
  readonly candidates: readonly Candidate[];
}

export function toRow(name: string, { isRoute, candidates }: Listed): ModelRow {
  const [only] = candidates;
  return isRoute || only === undefined ? toRouteRow(name, candidates) : toModelRow(name, only);
}

function toModelRow(name: string, { provider, model, price }: Candidate): ModelRow {
  return {
    id: name,
    object: 'model',
    // When a vendor made a model is not known here; OpenAI's clients need a number.
    created: 0,
    owned_by: provider.name,
    provider: provider.name,
    context_length: model.contextLength,
    max_output_tokens: model.maxOutputTokens,
    capabilities: [...model.capabilities],
    pricing: toPricing([price.rates]),
  };
}

/** What holds whichever candidate serves: the smallest limits, the common capabilities, the dearest prices. */
function toRouteRow(name: string, candidates: readonly Candidate[]): ModelRow {
  const models = candidates.map((candidate) => candidate.model);
  const outputs = models.flatMap((model) => model.maxOutputTokens ?? []);
  return {
    id: name,
    object: 'model',
    created: 0,
    owned_by: 'route',
    provider: candidates[0]?.provider.name ?? 'route',
    context_length: Math.min(...models.map((model) => model.contextLength)),
    max_output_tokens: outputs.length === 0 ? null : Math.min(...outputs),
    capabilities: (models[0]?.capabilities ?? []).filter((capability) =>
      models.every((model) => model.capabilities.includes(capability)),
    ),
    pricing: toPricing(candidates.map((candidate) => candidate.price.rates)),
  };
}

/** Of a price in tiers the plain one, which nearly every request has: there is no name for a second. */
function toPricing(prices: readonly Rates[]): Record<string, string> {
  return Object.fromEntries(
    pricingNames.flatMap(([name, component]) => {
      const rates = prices.flatMap((price) => (isShown(component, price) ? (price[component] ?? []) : [])).map(BigInt);
      const dearest = rates.reduce<bigint | null>((most, rate) => (most === null || rate > most ? rate : most), null);
      return dearest === null ? [] : [[name, formatUsdPerUnit(dearest.toString())]];
    }),
  );
}

/**
 * `image` is read as the price of a picture; pictures that are charged as the text that they are turned into have none.
 */
function isShown(component: UsageComponent, { imageIn, inputUncached }: Rates): boolean {
  return component !== 'imageIn' || imageIn !== inputUncached;
}
