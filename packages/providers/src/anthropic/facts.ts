import type { VendorFacts } from '../vendor-facts.ts';
import { anthropicCatalogue } from './catalogue.ts';
import { cacheMarksOption } from './request.ts';
import { anthropicRetirements } from './retirements.ts';

export const anthropicFacts: VendorFacts = {
  baseUrl: 'https://api.anthropic.com/v1',
  versionPath: '/v1',
  traceName: 'anthropic',
  environment: { provider: 'anthropic', prefix: 'ANTHROPIC', title: 'Anthropic' },
  options: { [cacheMarksOption]: { allows: (value) => value === 'auto' } },
  models: anthropicCatalogue,
  retirements: anthropicRetirements,
};
