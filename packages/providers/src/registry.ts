import type { ProviderType } from '@aggregator/contracts';
import { anthropicAdapter } from './anthropic/index.ts';
import { cohereAdapter } from './cohere/index.ts';
import { geminiAdapter } from './gemini/index.ts';
import { mockAdapter } from './mock/index.ts';
import { openAiAdapter } from './openai/index.ts';
import { compatibleAdapterFor, compatibleType, openAiCompatibleAdapter } from './openai-compatible/index.ts';
import type { ProfiledProvider } from './openai-compatible/profiles/resolve-profile.ts';
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

/** Every adapter once, in the order of the table. */
export const providerAdapters: readonly ProviderAdapter[] = Object.values(adapters);

/**
 * The one place where a type of provider becomes its dialect. `provider` chooses the profile of a compatible server; its adapter
 * is created by each call, so that a caller on the hot path keeps it. Without it, the adapter is that of the type.
 */
export function adapterFor(type: ProviderType, provider?: ProfiledProvider): ProviderAdapter {
  return type === compatibleType && provider !== undefined ? compatibleAdapterFor(provider) : adapters[type];
}
