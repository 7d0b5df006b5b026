import type { ComponentRates, Operation, Rates, UsageComponent } from '@aggregator/contracts';
import { picoUsdPerTokenFromUsdPerMillion } from '@aggregator/pricing';
import type { ModelInfo, ModelPrice } from '@pydantic/genai-prices';
import { z } from 'zod';

/** The price of a model in the price list, as exact rates. */
export interface ListPrice {
  rates: Rates;
  /** Tokens of input up to which these rates hold, where the list has more than two tiers; null where they always do. */
  inputTokensMax: number | null;
}

type PricesByName = readonly (readonly [name: string, price: number | TieredPrice])[];

/** The list's names, in USD per million tokens or per thousand calls, and what they are the price of. */
const componentsOf: ReadonlyMap<string, readonly UsageComponent[]> = new Map([
  ['input_mtok', ['inputUncached']],
  ['output_mtok', ['outputText', 'outputReasoning']],
  ['cache_read_mtok', ['cacheRead']],
  ['cache_write_mtok', ['cacheWrite5m']],
  ['cache_write_1h_mtok', ['cacheWrite1h']],
  ['input_audio_mtok', ['audioIn']],
  ['output_audio_mtok', ['audioOut']],
  ['input_image_mtok', ['imageIn']],
  ['output_image_mtok', ['imageOut']],
  ['web_searches_kcount', ['toolCalls']],
  ['storage_searches_kcount', ['fileSearches']],
] satisfies [string, UsageComponent[]][]);

/** Prices that never apply: of sound and pictures read from a cache, which our counters hold with what else was read from it. */
const ignoredNames: ReadonlySet<string> = new Set(['cache_audio_read_mtok', 'cache_image_read_mtok']);

/** A tier holds for all of a request whose input is more than its start. */
const tieredPrice = z.object({
  base: z.number(),
  tiers: z.array(z.object({ start: z.number().int().min(1), price: z.number() })).min(1),
});
type TieredPrice = z.infer<typeof tieredPrice>;

/**
 * The price that holds at `nowMs`, with its second tier, if there is one. Null where there is no price, or one that our rates
 * cannot say exactly. Source: `calcPrice` of the list (0.1.8), which prices a request by one tier as a whole.
 */
export function readListPrice(info: ModelInfo, operations: readonly Operation[], nowMs: number): ListPrice | null {
  const listed = pricesByName(priceAt(info, nowMs), operations);
  if (listed === null) return null;
  const starts = listed.flatMap(([, price]) =>
    typeof price === 'number' ? [] : price.tiers.map(({ start }) => start),
  );
  const [border, inputTokensMax = null] = [...new Set(starts)].sort((one, other) => one - other);
  const rates = readTier(listed, 0, operations);
  if (rates === null || border === undefined) return rates && { rates, inputTokensMax };
  const above = readTier(listed, border + 1, operations);
  return above && { rates: { ...rates, above: { inputTokens: border, rates: above } }, inputTokensMax };
}

/** Prices that can apply; null if the list has one whose meaning is not known here. */
function pricesByName(listed: ModelPrice | null, operations: readonly Operation[]): PricesByName | null {
  if (listed === null) return null;
  const known: [string, number | TieredPrice][] = [];
  for (const [name, value] of Object.entries(listed)) {
    if (value === undefined || ignoredNames.has(name)) continue;
    if (operations.includes('embeddings') && name !== 'input_mtok') continue;
    const price = z.union([z.number(), tieredPrice]).safeParse(value);
    if (!componentsOf.has(name) || !price.success) return null;
    known.push([name, price.data]);
  }
  return known;
}

/** The rates of a request with so much input; null where they cannot be said. */
function readTier(listed: PricesByName, inputTokens: number, operations: readonly Operation[]): ComponentRates | null {
  const rates: ComponentRates = {};
  for (const [name, price] of listed) {
    const listedPrice = typeof price === 'number' ? price : priceOf(price, inputTokens);
    const rate = toRate(name.endsWith('_kcount') ? listedPrice * 1000 : listedPrice);
    if (rate === null) return null;
    for (const component of componentsOf.get(name) ?? []) rates[component] = rate;
  }
  const { inputUncached } = rates;
  const isEmbeddings = operations.includes('embeddings');
  if (inputUncached === undefined || (!isEmbeddings && rates.outputText === undefined)) return null;
  if (operations.includes('chat.completions')) {
    // Cached input without a separate price costs what plain input costs.
    rates.cacheRead ??= inputUncached;
    rates.cacheWrite5m ??= inputUncached;
  } else if (!isEmbeddings && rates.outputText !== undefined) {
    // The output of an image model is images under any name of the list.
    rates.imageOut ??= rates.outputText;
  }
  return rates;
}

function priceOf({ base, tiers }: TieredPrice, inputTokens: number): number {
  const reached = tiers.filter(({ start }) => inputTokens > start);
  return reached.reduce((last, tier) => (tier.start > last.start ? tier : last), { start: 0, price: base }).price;
}

/** Null where the price depends on the time of day, which a pinned version cannot follow. */
function priceAt(info: ModelInfo, nowMs: number): ModelPrice | null {
  if (!Array.isArray(info.prices)) return info.prices;
  if (info.prices.some((entry) => entry.constraint?.type === 'time_of_date')) return null;
  const active = info.prices.findLast(
    ({ constraint }) =>
      constraint === undefined || (constraint.type === 'start_date' && nowMs >= Date.parse(constraint.start_date)),
  );
  return active?.prices ?? null;
}

/** Null for a price that is not a whole number of pico-USD per token. */
function toRate(usdPerMillion: number): string | null {
  try {
    // The shortest decimal that names this number is what was written in the list it comes from.
    return picoUsdPerTokenFromUsdPerMillion(String(usdPerMillion));
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
