import type { ProviderType } from '@aggregator/contracts';
import type { DeclaredModel } from '../declared-provider.ts';
import { anthropicCatalogue } from './anthropic.ts';
import { cohereCatalogue } from './cohere.ts';
import { googleCatalogue } from './google.ts';
import { openAiCatalogue } from './openai.ts';
import { openRouterCatalogue } from './openrouter.ts';
import { readCatalogue, type VendorCatalogue } from './vendor-catalogue.ts';

const catalogues: Readonly<Partial<Record<ProviderType, VendorCatalogue>>> = {
  OpenAI: openAiCatalogue,
  Anthropic: anthropicCatalogue,
  Gemini: googleCatalogue,
  Cohere: cohereCatalogue,
  OpenRouter: openRouterCatalogue,
};

/** All that is known of a vendor's models and their list prices at `nowMs`; null where there is no list. */
export function readVendorModels(type: ProviderType, nowMs: number): DeclaredModel[] | null {
  const vendor = catalogues[type];
  return vendor === undefined ? null : readCatalogue(vendor, nowMs);
}
