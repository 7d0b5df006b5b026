import type { ProviderType } from '@aggregator/contracts';
import { mockAdapter } from './mock/index.ts';
import { openAiAdapter } from './openai/index.ts';
import type { ProviderAdapter } from './provider-adapter.ts';

const adapters: Readonly<Record<ProviderType, ProviderAdapter>> = { OpenAI: openAiAdapter, Mock: mockAdapter };

/** The one place where a type of provider becomes its dialect. */
export function adapterFor(type: ProviderType): ProviderAdapter {
  return adapters[type];
}
