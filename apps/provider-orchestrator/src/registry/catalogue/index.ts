import type { ProviderType } from '@aggregator/contracts';
import { findRetirement } from '@aggregator/providers';
import type { DeclaredModel } from '../declared-provider.ts';
import { anthropicCatalogue } from './anthropic.ts';
import { cohereCatalogue } from './cohere.ts';
import { type GivenPrices, withGivenPrices } from './given-prices.ts';
import { googleCatalogue } from './google.ts';
import { openAiCatalogue } from './openai.ts';
import { openRouterCatalogue } from './openrouter.ts';
import { describeUnlisted, readCatalogue, type VendorCatalogue } from './vendor-catalogue.ts';

const catalogues: Readonly<Partial<Record<ProviderType, VendorCatalogue>>> = {
  OpenAI: openAiCatalogue,
  Anthropic: anthropicCatalogue,
  Gemini: googleCatalogue,
  Cohere: cohereCatalogue,
  OpenRouter: openRouterCatalogue,
};

/** The models that a vendor serves at `nowMs`, with their list prices; null where there is no list. */
export function readVendorModels(type: ProviderType, nowMs: number, given?: GivenPrices): DeclaredModel[] | null {
  const vendor = catalogues[type];
  if (vendor === undefined) return null;
  const served = readCatalogue(vendor, nowMs, (name) => findRetirement(type, name, nowMs) !== null);
  if (given === undefined) return served;
  return withGivenPrices(served, readCatalogue(vendor, nowMs), given, (id) => describeUnlisted(vendor, id));
}
