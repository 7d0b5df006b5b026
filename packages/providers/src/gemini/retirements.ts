import type { RetirementRow } from '../lifecycle/retirement.ts';

const source = 'https://ai.google.dev/gemini-api/docs/deprecations (read 2026-11)';

const row = (retiredOn: string, successor: string, ...models: string[]): RetirementRow => ({
  ...{ models, retiredOn, successor, source },
});

export const geminiRetirements: readonly RetirementRow[] = [
  row('2025-02-15', 'gemini-3.5-flash', 'gemini-pro', 'gemini-1.0-pro', 'gemini-1.0-pro-001', 'gemini-pro-vision'),
  row('2025-09-24', 'gemini-2.5-pro', 'gemini-1.5-pro', 'gemini-1.5-pro-001', 'gemini-1.5-pro-002'),
  row('2025-09-24', 'gemini-3.5-flash', 'gemini-1.5-flash', 'gemini-1.5-flash-001', 'gemini-1.5-flash-002'),
  row('2025-09-24', 'gemini-3.1-flash-lite', 'gemini-1.5-flash-8b', 'gemini-1.5-flash-8b-001'),
  row('2026-06-01', 'gemini-3.5-flash', 'gemini-2.0-flash', 'gemini-2.0-flash-001'),
  row('2026-06-01', 'gemini-3.1-flash-lite', 'gemini-2.0-flash-lite', 'gemini-2.0-flash-lite-001'),
];
