import type { VendorFacts } from '../vendor-facts.ts';
import { anthropicCatalogue } from './catalogue.ts';
import { cacheMarksOption } from './request.ts';
import { anthropicRetirements } from './retirements.ts';

export const anthropicFacts: VendorFacts = {
  // Source: https://platform.claude.com/docs/en/build-with-claude/batch-processing (read 2026-12).
  batchPricePercent: 50,
  baseUrl: 'https://api.anthropic.com/v1',
  versionPath: '/v1',
  traceName: 'anthropic',
  environment: { provider: 'anthropic', prefix: 'ANTHROPIC', title: 'Anthropic' },
  options: { [cacheMarksOption]: { allows: (value) => value === 'auto' } },
  models: anthropicCatalogue,
  retirements: anthropicRetirements,
};
