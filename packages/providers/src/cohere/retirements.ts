import type { RetirementRow } from '../lifecycle/retirement.ts';

const source = 'https://docs.cohere.com/docs/deprecations (read 2026-11)';

const row = (retiredOn: string, successor: string, ...models: string[]): RetirementRow => ({
  ...{ models, retiredOn, successor, source },
});

export const cohereRetirements: readonly RetirementRow[] = [
  row('2025-09-15', 'command-r-08-2024', 'command-r', 'command-r-03-2024', 'command-light', 'command-light-nightly'),
  row('2025-09-15', 'command-r-plus-08-2024', 'command-r-plus', 'command-r-plus-04-2024'),
  row('2025-09-15', 'command-a-03-2025', 'command', 'command-nightly'),
];
