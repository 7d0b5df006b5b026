import type { Words } from '../i18n/words.ts';

export const snippetWords = {
  label: ['The request as code', 'Запрос в виде кода'],
} as const satisfies Words;
