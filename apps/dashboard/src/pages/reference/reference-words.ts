import type { Words } from '../../i18n/words.ts';

export const referenceWords = {
  title: ['API reference', 'Справочник API'],
  document: ['The document (OpenAPI 3.1)', 'Документ (OpenAPI 3.1)'],
  back: ['To the dashboard', 'К панели'],
} as const satisfies Words;
