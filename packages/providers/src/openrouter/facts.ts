import type { VendorFacts } from '../vendor-facts.ts';
import { openRouterCatalogue } from './catalogue.ts';

export const openRouterFacts: VendorFacts = {
  baseUrl: 'https://openrouter.ai/api/v1',
  versionPath: '/api/v1',
  environment: { provider: 'openrouter', prefix: 'OPENROUTER', title: 'OpenRouter' },
  models: openRouterCatalogue,
};
