import type { ModelCapability, Rates } from '@aggregator/contracts';
import type { DeclaredModel } from '../declared-provider.ts';

interface YandexModel {
  /** Behind `gpt://<folder>/` or `emb://<folder>/`. */
  id: string;
  contextLength: number;
  /** Most tokens of an answer; unset: as many as the window has. */
  outputTokensMax?: number;
  isEmbedding?: boolean;
  capabilities?: readonly ModelCapability[];
}

/**
 * A larger bound of an answer may be rejected: the pages of limits name 8,192 tokens for request and answer together.
 * Source: https://yandex.cloud/en/docs/foundation-models/concepts/limits (read 2026-11, in its version of 2024-12).
 */
const yandexGpt = {
  contextLength: 32_768,
  outputTokensMax: 8192,
  capabilities: ['tools', 'structured_outputs'],
} as const satisfies Partial<YandexModel>;

/**
 * The models of the common instance. Source: https://github.com/yandex-cloud/docs, ru/ai-studio/concepts/generation/models.md and
 * en/ai-studio/concepts/embeddings.md (read 2026-11). Their prices are not here: Yandex sets them in roubles, and the branches
 * (`latest`, `rc`) change what stands behind them and so what it costs. They come from YANDEX_PRICES.
 */
const models: readonly YandexModel[] = [
  { id: 'aliceai-llm/latest', contextLength: 32_768, capabilities: ['tools', 'structured_outputs'] },
  { ...yandexGpt, id: 'yandexgpt/latest' },
  { ...yandexGpt, id: 'yandexgpt/rc' },
  { ...yandexGpt, id: 'yandexgpt-lite/latest' },
  { id: 'qwen3-235b-a22b-fp8/latest', contextLength: 262_144, capabilities: ['tools'] },
  { id: 'gpt-oss-120b/latest', contextLength: 131_072, capabilities: ['tools', 'reasoning'] },
  { id: 'gpt-oss-20b/latest', contextLength: 131_072, capabilities: ['tools', 'reasoning'] },
  { id: 'gemma-3-27b-it/latest', contextLength: 131_072, capabilities: ['vision'] },
  { id: 'text-search-doc/latest', contextLength: 2048, isEmbedding: true },
  { id: 'text-search-query/latest', contextLength: 2048, isEmbedding: true },
];

/** Of a model that is priced but not known: the smallest window that a chat model of theirs has. */
const contextLengthUnknown = 32_768;

/** Yandex's models, with the prices that the environment gives them; those that it names beside them are added. */
export function readYandexModels(prices: ReadonlyMap<string, Rates> | undefined): DeclaredModel[] {
  const known = new Set(models.map(({ id }) => id));
  const added = [...(prices ?? [])]
    .filter(([id]) => !known.has(id))
    .map(([id, rates]) => ({ id, contextLength: contextLengthUnknown, isEmbedding: rates.outputText === undefined }));
  return [...models, ...added].map((model: YandexModel) => {
    const { id, contextLength, outputTokensMax = contextLength, isEmbedding = false, capabilities = [] } = model;
    const rates = prices?.get(id);
    return {
      id,
      operations: [isEmbedding ? 'embeddings' : 'chat.completions'],
      contextLength,
      maxOutputTokens: isEmbedding ? null : outputTokensMax,
      capabilities,
      firstLifeMs: null,
      price: rates === undefined ? null : { rates, source: 'YANDEX_PRICES' },
    };
  });
}
