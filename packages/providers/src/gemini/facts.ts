import type { VendorFacts } from '../vendor-facts.ts';
import { geminiCatalogue } from './catalogue.ts';
import { geminiRetirements } from './retirements.ts';

export const geminiFacts: VendorFacts = {
  // Source: https://ai.google.dev/gemini-api/docs/batch-api (read 2026-11).
  batchPricePercent: 50,
  baseUrl: 'https://generativelanguage.googleapis.com/v1beta',
  versionPath: '/v1beta',
  traceName: 'gcp.gemini',
  environment: { provider: 'google', prefix: 'GOOGLE', alias: 'GOOGLE_AI', title: 'Gemini' },
  models: geminiCatalogue,
  retirements: geminiRetirements,
};
