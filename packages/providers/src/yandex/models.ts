import type { ModelCapability } from '@aggregator/contracts';
import type { FixedModels, KnownModel } from '../vendor-facts.ts';

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

/** The smallest window that a chat model of theirs has. */
const contextLengthUnknown = 32_768;

/** Yandex's models, without prices. */
export const yandexModels: FixedModels = { models: models.map(toKnownModel), contextLengthUnknown };

function toKnownModel(model: YandexModel): KnownModel {
  const { id, contextLength, outputTokensMax = contextLength, isEmbedding = false, capabilities = [] } = model;
  return {
    id,
    operations: [isEmbedding ? 'embeddings' : 'chat.completions'],
    contextLength,
    maxOutputTokens: isEmbedding ? null : outputTokensMax,
    capabilities,
    firstLifeMs: null,
    price: null,
  };
}
