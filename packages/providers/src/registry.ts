import type { ProviderType } from '@aggregator/contracts';
import { anthropicAdapter } from './anthropic/index.ts';
import { cohereAdapter } from './cohere/index.ts';
import { geminiAdapter } from './gemini/index.ts';
import { mockAdapter } from './mock/index.ts';
import { openAiAdapter } from './openai/index.ts';
import { openAiCompatibleAdapter } from './openai-compatible/index.ts';
import { openRouterAdapter } from './openrouter/index.ts';
import type { ProviderAdapter } from './provider-adapter.ts';
import { yandexAdapter } from './yandex/index.ts';

const adapters: Readonly<Record<ProviderType, ProviderAdapter>> = {
  OpenAI: openAiAdapter,
  Anthropic: anthropicAdapter,
  Gemini: geminiAdapter,
  Cohere: cohereAdapter,
  OpenRouter: openRouterAdapter,
  Yandex: yandexAdapter,
  OpenAICompatible: openAiCompatibleAdapter,
  Mock: mockAdapter,
};

/** The one place where a type of provider becomes its dialect. */
export function adapterFor(type: ProviderType): ProviderAdapter {
  return adapters[type];
}
