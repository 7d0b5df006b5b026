import {
  type ComponentRates,
  type ModelCapability,
  type Operation,
  type Rates,
  type ToolComponent,
  toolComponents,
} from '@aggregator/contracts';
import { findProvider, type ModelInfo } from '@pydantic/genai-prices';
import type { DeclaredModel } from '../declared-provider.ts';
import { readListPrice } from './list-price.ts';

const source = '@pydantic/genai-prices';

/** A known thinker may be silent for this long before its first word, in milliseconds. */
const thinkerFirstLifeMs = 120_000;

/** What holds for all models whose names fit, by the vendor's own documentation. */
export interface ModelFamily {
  fits: RegExp;
  /** The most tokens that it generates; null: the vendor states none, so its context bounds it. */
  outputTokensMax: number | null;
  capabilities: readonly ModelCapability[];
  /** It thinks unasked, and says nothing meanwhile. */
  isThinker?: boolean;
}

/** What a vendor offers, apart from what the price list says. */
export interface VendorCatalogue {
  /** The vendor's id in the price list. */
  listId: string;
  /** Of an entry of the list, the names by which the vendor's own API knows it; the list has other hosts' spellings, too. */
  namesOf(info: ModelInfo): readonly string[];
  /** What our adapter can ask of the model; empty leaves it out. */
  operationsOf(name: string): readonly Operation[];
  /** The first that fits decides. */
  familyOf(name: string): ModelFamily | undefined;
  /** Tokens, if the list has none. */
  contextLengthOf(name: string): number;
  /** What our adapter can ask of the vendor's own tools and counts, with rates that the list does not have. */
  hostedTools?: {
    readonly listed: readonly ToolComponent[];
    /** Pico-USD per unit. */
    readonly rates: Readonly<Partial<Record<ToolComponent, string>>>;
  };
  /** Models that the list does not have, by their names. */
  unlisted: readonly Pick<DeclaredModel, 'id' | 'contextLength' | 'price'>[];
}

/**
 * A vendor's models with the prices that hold at `nowMs`. A model whose price cannot be said exactly is there without one. One
 * whose price has more than two tiers has no more context than the second holds for (docs/decisions/0005).
 */
export function readCatalogue(
  vendor: VendorCatalogue,
  nowMs: number,
  isRetired: (name: string) => boolean = () => false,
): DeclaredModel[] {
  const infos = findProvider({ providerId: vendor.listId })?.models ?? [];
  const models = new Map<string, DeclaredModel>();
  for (const info of infos) {
    for (const name of vendor.namesOf(info)) {
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
  for (const facts of vendor.unlisted) {
    if (!models.has(facts.id) && !isRetired(facts.id)) models.set(facts.id, describeModel(vendor, facts));
  }
  return [...models.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** A model of which only the name is known, by its family; without a price. */
export function describeUnlisted(vendor: VendorCatalogue, id: string): DeclaredModel {
  return describeModel(vendor, { id, contextLength: vendor.contextLengthOf(id), price: null });
}

/** The price of calls that are never made would be rejected wherever the price is declared again. */
function withTools(
  { hostedTools }: VendorCatalogue,
  { above, ...plain }: Rates,
  operations: readonly Operation[],
): Rates {
  const tools = operations.includes('chat.completions') ? hostedTools : undefined;
  const inTier = (tier: ComponentRates): ComponentRates => {
    const rates: ComponentRates = { ...tier };
    for (const component of toolComponents) if (tools?.listed.includes(component) !== true) delete rates[component];
    return { ...rates, ...tools?.rates };
  };
  return { ...inTier(plain), ...(above !== undefined && { above: { ...above, rates: inTier(above.rates) } }) };
}

/** Adds what the family says. Too high an output limit only holds more money than a request needs. */
function describeModel(vendor: VendorCatalogue, facts: VendorCatalogue['unlisted'][number]): DeclaredModel {
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
export function exactNames(info: ModelInfo): readonly string[] {
  const alternatives = 'or' in info.match ? info.match.or : [info.match];
  return alternatives.flatMap((match) => ('equals' in match ? [match.equals] : []));
}
