import {
  type ComponentRates,
  type ModelCapability,
  type Operation,
  type Rates,
  toolComponents,
} from '@aggregator/contracts';
import type { ListedModels } from '@aggregator/providers';
import { findProvider, type ModelInfo } from '@pydantic/genai-prices';
import type { DeclaredModel } from '../declared-provider.ts';
import { toRates } from '../plain-rates.ts';
import { readListPrice } from './list-price.ts';

const source = '@pydantic/genai-prices';

/** A known thinker may be silent for this long before its first word, in milliseconds. */
const thinkerFirstLifeMs = 120_000;

/**
 * A vendor's models with the prices that hold at `nowMs`. A model whose price cannot be said exactly is there without one. One
 * whose price has more than two tiers has no more context than the second holds for (docs/decisions/0005).
 */
export function readCatalogue(
  vendor: ListedModels,
  nowMs: number,
  isRetired: (name: string) => boolean = () => false,
): DeclaredModel[] {
  const infos = findProvider({ providerId: vendor.listId })?.models ?? [];
  const models = new Map<string, DeclaredModel>();
  for (const info of infos) {
    for (const name of vendor.namesOf({ id: info.id, exactNames: exactNames(info) })) {
      const operations = vendor.operationsOf(name);
      if (operations.length === 0 || models.has(name) || isRetired(name)) continue;
      const listed = readListPrice(info, operations, nowMs);
      const price = listed && { ...listed, rates: withTools(vendor, listed.rates, operations) };
      const window = info.context_window ?? vendor.contextLengthOf(name);
      models.set(
        name,
        describeModel(vendor, {
          id: name,
          contextLength: Math.min(window, price?.inputTokensMax ?? window),
          price: price === null ? null : { rates: price.rates, source },
        }),
      );
    }
  }
  for (const { price, ...facts } of vendor.unlisted) {
    if (models.has(facts.id) || isRetired(facts.id)) continue;
    const rated = price && { rates: toRates(price.usd), source: price.source };
    models.set(facts.id, describeModel(vendor, { ...facts, price: rated }));
  }
  return [...models.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** A model of which only the name is known, by its family; without a price. */
export function describeUnlisted(vendor: ListedModels, id: string): DeclaredModel {
  return describeModel(vendor, { id, contextLength: vendor.contextLengthOf(id), price: null });
}

/** The price of calls that are never made would be rejected wherever the price is declared again. */
function withTools({ hostedTools }: ListedModels, { above, ...plain }: Rates, operations: readonly Operation[]): Rates {
  const tools = operations.includes('chat.completions') ? hostedTools : undefined;
  const inTier = (tier: ComponentRates): ComponentRates => {
    const rates: ComponentRates = { ...tier };
    for (const component of toolComponents) if (tools?.listed.includes(component) !== true) delete rates[component];
    return { ...rates, ...tools?.rates };
  };
  return { ...inTier(plain), ...(above !== undefined && { above: { ...above, rates: inTier(above.rates) } }) };
}

/** Adds what the family says. Too high an output limit only holds more money than a request needs. */
function describeModel(
  vendor: ListedModels,
  facts: Pick<DeclaredModel, 'id' | 'contextLength' | 'price'>,
): DeclaredModel {
  const { contextLength } = facts;
  const operations = vendor.operationsOf(facts.id);
  if (operations.includes('embeddings')) {
    return { ...facts, operations, maxOutputTokens: null, capabilities: [], firstLifeMs: null };
  }
  const family = vendor.familyOf(facts.id);
  const capabilities = family?.capabilities ?? [];
  return {
    ...facts,
    operations,
    maxOutputTokens: Math.min(contextLength, family?.outputTokensMax ?? contextLength),
    capabilities,
    firstLifeMs: family?.isThinker === true ? thinkerFirstLifeMs : null,
    price: facts.price && { ...facts.price, rates: toModelRates(facts.price.rates, capabilities, contextLength) },
  };
}

/** Both tiers with what the capabilities need; a tier that begins where the context ends is never reached, and left out. */
function toModelRates(
  { above, ...plain }: Rates,
  capabilities: readonly ModelCapability[],
  contextLength: number,
): Rates {
  const rates = withMedia(plain, capabilities);
  if (above === undefined || above.inputTokens >= contextLength) return rates;
  return { ...rates, above: { ...above, rates: withMedia(above.rates, capabilities) } };
}

/** Sound and pictures without a price of their own cost what text costs: so the list means it. */
function withMedia(rates: ComponentRates, capabilities: readonly ModelCapability[]): ComponentRates {
  const { inputUncached } = rates;
  if (inputUncached === undefined) return rates;
  return {
    ...(capabilities.includes('audio') && { audioIn: inputUncached }),
    ...(capabilities.includes('vision') && { imageIn: inputUncached }),
    ...rates,
  };
}

/** The names of an entry that its match names outright. */
function exactNames(info: ModelInfo): readonly string[] {
  const alternatives = 'or' in info.match ? info.match.or : [info.match];
  return alternatives.flatMap((match) => ('equals' in match ? [match.equals] : []));
}
