import type { VendorFacts } from '../vendor-facts.ts';
import { geminiCatalogue } from './catalogue.ts';
import { geminiRetirements } from './retirements.ts';

export const geminiFacts: VendorFacts = {
  // Source: https://developers.googleblog.com/scale-your-ai-workloads-batch-mode-gemini-api (read 2026-12).
  batchPricePercent: 50,
  baseUrl: 'https://generativelanguage.googleapis.com/v1beta',
  versionPath: '/v1beta',
  traceName: 'gcp.gemini',
  environment: { provider: 'google', prefix: 'GOOGLE', alias: 'GOOGLE_AI', title: 'Gemini' },
  models: geminiCatalogue,
  retirements: geminiRetirements,
};
