import type { Operation, Rates } from '@aggregator/contracts';
import { picoUsdPerTokenFromUsdPerMillion } from '@aggregator/pricing';
import { findProvider, type ModelInfo, type ModelPrice } from '@pydantic/genai-prices';
import type { DeclaredModel } from './declared-provider.ts';

const source = '@pydantic/genai-prices';

const chatName = /^(?:gpt-|chatgpt-|o\d)/;
/**
 * Not served by chat completions, or priced by what no rate of ours counts: sound, pictures, searches; `-codex`, `-pro`
 * and deep research are for the Responses API alone; `oss` and `:` are other hosts' names.
 */
const otherName = /audio|realtime|transcribe|tts|image|vision|search|codex|deep-research|instruct|oss|:|-pro(?:-|$)/;
const embeddingName = /^text-embedding-/;

/** Every chat model that OpenAI has released since GPT-4 Turbo reads at least this much; those that read less are named. */
const contextLengthUnknown = 128_000;
/** Longest input of OpenAI's embedding models. */
const embeddingContextLength = 8192;

/**
 * The most tokens that a family generates, by the first prefix that fits; a family that is not here is bounded by its
 * context. Too high only holds more than a request needs; too low would let an answer cost more than was held. Whoever
 * adds a family looks its figure up at https://platform.openai.com/docs/models.
 */
const outputTokensMaxByFamily: readonly (readonly [prefix: string, tokens: number])[] = [
  ['gpt-3.5-turbo', 4096],
  ['gpt-4-turbo', 4096],
  ['gpt-4.1', 32_768],
  ['gpt-4o', 16_384],
  ['chatgpt-4o', 16_384],
  ['gpt-5', 128_000],
  ['o1-mini', 65_536],
  ['o1-preview', 32_768],
  ['o1', 100_000],
  ['o3', 100_000],
  ['o4', 100_000],
];

/** Prices of what chat completions and embeddings never use, since the adapter does not send the fields that ask for it. */
const ignoredPrices: ReadonlySet<string> = new Set(['web_searches_kcount', 'storage_searches_kcount']);

/**
 * OpenAI's chat and embedding models with the prices that hold at `nowMs`. A model whose price has tiers, or depends on
 * anything else that our rates cannot say, is there without a price.
 */
export function readOpenAiModels(nowMs: number): DeclaredModel[] {
  const provider = findProvider({ providerId: 'openai' });
  const models = (provider?.models ?? []).flatMap((info) => {
    const operation = toOperation(info.id);
    return operation === null ? [] : exactNames(info).map((id) => toModel(id, info, operation, nowMs));
  });
  return models.sort((a, b) => (a.id < b.id ? -1 : 1));
}

function toOperation(id: string): Operation | null {
  if (embeddingName.test(id)) return 'embeddings';
  return chatName.test(id) && !otherName.test(id) ? 'chat.completions' : null;
}

/**
 * The model's own name and its dated releases. Its other aliases are left out: many are other hosts' spellings, which
 * OpenAI itself does not know.
 */
function exactNames(info: ModelInfo): string[] {
  const alternatives = 'or' in info.match ? info.match.or : [info.match];
  const names = alternatives.flatMap((match) => ('equals' in match ? [match.equals] : []));
  return names.filter((name) => {
    if (name === info.id) return true;
    const suffix = name.startsWith(`${info.id}-`) ? name.slice(info.id.length + 1) : '';
    return /^(?:\d{4}|\d{4}-\d{2}-\d{2}|latest)$/.test(suffix);
  });
}

function toModel(id: string, info: ModelInfo, operation: Operation, nowMs: number): DeclaredModel {
  const rates = toRates(priceAt(info, nowMs), operation);
  const price = rates === null ? null : { rates, source };
  if (operation === 'embeddings') {
    const contextLength = info.context_window ?? embeddingContextLength;
    return { id, operations: [operation], contextLength, maxOutputTokens: null, capabilities: ['embeddings'], price };
  }
  const contextLength = info.context_window ?? contextLengthUnknown;
  const family = outputTokensMaxByFamily.find(([prefix]) => id.startsWith(prefix));
  const maxOutputTokens = Math.min(contextLength, family?.[1] ?? contextLength);
  return { id, operations: [operation], contextLength, maxOutputTokens, capabilities: ['streaming'], price };
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

function toRates(price: ModelPrice | null, operation: Operation): Rates | null {
  if (price === null) return null;
  const rates = new Map<string, string>();
  for (const [name, usdPerMillion] of Object.entries(price)) {
    if (ignoredPrices.has(name) || usdPerMillion === undefined) continue;
    const rate = toRate(usdPerMillion);
    if (rate === null) return null;
    rates.set(name, rate);
  }
  const {
    input_mtok: input,
    output_mtok: output,
    cache_read_mtok,
    cache_write_mtok,
    ...others
  } = Object.fromEntries(rates);
  if (input === undefined || Object.keys(others).length > 0) return null;
  if (operation === 'embeddings') return { inputUncached: input };
  if (output === undefined) return null;
  return {
    inputUncached: input,
    // Input without a price of its own for the cache costs what plain input costs.
    cacheRead: cache_read_mtok ?? input,
    cacheWrite5m: cache_write_mtok ?? input,
    outputText: output,
    outputReasoning: output,
  };
}

/** Null for tiers, and for a price that is not a whole number of pico-USD per token. */
function toRate(usdPerMillion: unknown): string | null {
  if (typeof usdPerMillion !== 'number') return null;
  try {
    // The shortest decimal that names this number is what was written in the list it comes from.
    return picoUsdPerTokenFromUsdPerMillion(String(usdPerMillion));
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
