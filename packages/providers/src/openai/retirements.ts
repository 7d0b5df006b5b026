import type { RetirementRow } from '../lifecycle/retirement.ts';

const page = 'https://developers.openai.com/api/docs/deprecations';
const types = `${page}, as typed by \`openai\` 7.55 (read 2026-11)`;
const october = `${page}, notice of 2026-04-22 (anomalyco/models.dev#3707, SamuelSchmidgall/AgentLaboratory#117; read 2026-11)`;
const july = `${page}, notice of 2026-04-22 (anomalyco/models.dev#3707; read 2026-11)`;

const row = (retiredOn: string, successor: string, source: string, ...models: string[]): RetirementRow => ({
  ...{ models, retiredOn, successor, source },
});

export const openAiRetirements: readonly RetirementRow[] = [
  row('2024-09-13', 'gpt-4.1-mini', types, 'gpt-3.5-turbo-16k', 'gpt-3.5-turbo-16k-0613'),
  row('2024-09-13', 'gpt-4.1-mini', types, 'gpt-3.5-turbo-0301', 'gpt-3.5-turbo-0613'),
  row('2024-12-06', 'gpt-4.1', types, 'gpt-4-vision-preview', 'gpt-4-1106-vision-preview'),
  row('2025-06-06', 'gpt-4.1', types, 'gpt-4-32k', 'gpt-4-32k-0314', 'gpt-4-32k-0613'),
  row('2025-07-14', 'gpt-4.1', page, 'gpt-4.5-preview', 'gpt-4.5-preview-2025-02-27'),
  row('2025-07-28', 'gpt-5.6-sol', types, 'o1-preview', 'o1-preview-2024-09-12'),
  row('2025-10-27', 'gpt-5.6-sol', types, 'o1-mini', 'o1-mini-2024-09-12'),
  row('2026-02-12', 'gpt-5.6-terra', types, 'codex-mini-latest'),
  row('2026-02-17', 'gpt-5.6-sol', types, 'chatgpt-4o-latest'),
  row('2026-03-26', 'gpt-4.1', types, 'gpt-4-0314', 'gpt-4-0125-preview', 'gpt-4-turbo-preview'),
  row('2026-05-12', 'gpt-image-2', `${page}, notice of 2025-11-14 (read 2026-11)`, 'dall-e-2', 'dall-e-3'),
  row('2026-07-23', 'gpt-5.6-sol', july, 'gpt-5-chat-latest', 'gpt-5.1-chat-latest'),
  row('2026-07-23', 'gpt-5.6-sol', july, 'gpt-5-codex', 'gpt-5.1-codex', 'gpt-5.1-codex-max', 'gpt-5.2-codex'),
  row('2026-07-23', 'gpt-5.6-terra', july, 'gpt-5.1-codex-mini'),
  row('2026-07-23', 'gpt-5.6-sol', july, 'o3-deep-research', 'o3-deep-research-2025-06-26'),
  row('2026-07-23', 'gpt-5.6-sol', july, 'o4-mini-deep-research', 'o4-mini-deep-research-2025-06-26'),
  row(
    '2026-08-10',
    'gpt-5.5',
    `${page}, notice of 2026-05-08 (read 2026-11)`,
    'gpt-5.2-chat-latest',
    'gpt-5.3-chat-latest',
  ),
  row('2026-09-28', 'gpt-4.1-mini', types, 'gpt-3.5-turbo-1106', 'gpt-3.5-turbo-instruct'),
  row('2026-10-23', 'gpt-4.1-mini', october, 'gpt-3.5-turbo', 'gpt-3.5-turbo-0125'),
  row('2026-10-23', 'gpt-4.1', october, 'gpt-4', 'gpt-4-0613', 'gpt-4-1106-preview'),
  row('2026-10-23', 'gpt-4.1', october, 'gpt-4-turbo', 'gpt-4-turbo-2024-04-09'),
  row('2026-10-23', 'gpt-4.1-mini', october, 'gpt-4.1-nano', 'gpt-4.1-nano-2025-04-14'),
  row('2026-10-23', 'gpt-4o', october, 'gpt-4o-2024-05-13'),
  row('2026-10-23', 'gpt-5.6-sol', october, 'o1', 'o1-2024-12-17', 'o1-pro', 'o1-pro-2025-03-19'),
  row('2026-10-23', 'gpt-5.6-sol', october, 'o3-mini', 'o3-mini-2025-01-31'),
  row('2026-10-23', 'gpt-5.6-terra', october, 'o4-mini', 'o4-mini-2025-04-16'),
  row('2026-10-23', 'gpt-image-2', october, 'gpt-image-1'),
];
