import type { VendorFacts } from '../vendor-facts.ts';
import { cohereCatalogue } from './catalogue.ts';
import { cohereRetirements } from './retirements.ts';

export const cohereFacts: VendorFacts = {
  baseUrl: 'https://api.cohere.com/v2',
  versionPath: '/v2',
  traceName: 'cohere',
  environment: { provider: 'cohere', prefix: 'COHERE', title: 'Cohere' },
  models: cohereCatalogue,
  retirements: cohereRetirements,
};
