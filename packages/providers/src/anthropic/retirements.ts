import type { RetirementRow } from '../lifecycle/retirement.ts';

const source = 'https://platform.claude.com/docs/en/about-claude/model-deprecations (read 2026-11)';
const sdk = `${source}, as typed by \`@anthropic-ai/sdk\` 1.11`;

const row = (retiredOn: string, successor: string, ...models: string[]): RetirementRow => ({
  ...{ models, retiredOn, successor, source },
});

export const anthropicRetirements: readonly RetirementRow[] = [
  row('2025-07-21', 'claude-sonnet-4-6', 'claude-2.0', 'claude-2.1', 'claude-3-sonnet-20240229'),
  row('2025-10-28', 'claude-sonnet-4-6', 'claude-3-5-sonnet-20240620', 'claude-3-5-sonnet-20241022'),
  row('2025-10-28', 'claude-sonnet-4-6', 'claude-3-5-sonnet-latest'),
  row('2026-01-05', 'claude-opus-4-6', 'claude-3-opus-20240229', 'claude-3-opus-latest'),
  row('2026-02-19', 'claude-sonnet-4-6', 'claude-3-7-sonnet-20250219', 'claude-3-7-sonnet-latest'),
  row('2026-02-19', 'claude-haiku-4-5', 'claude-3-5-haiku-20241022', 'claude-3-5-haiku-latest'),
  row('2026-04-20', 'claude-haiku-4-5', 'claude-3-haiku-20240307'),
  row('2026-06-15', 'claude-sonnet-4-6', 'claude-sonnet-4-20250514', 'claude-sonnet-4-0'),
  row('2026-06-15', 'claude-opus-4-6', 'claude-opus-4-20250514', 'claude-opus-4-0'),
  row('2026-08-05', 'claude-opus-4-6', 'claude-opus-4-1-20250805', 'claude-opus-4-1'),
  {
    models: ['claude-sonnet-4-5', 'claude-sonnet-4-5-20250929'],
    ...{ retiredOn: '2026-11-30', successor: 'claude-sonnet-4-6', source: sdk },
  },
];
