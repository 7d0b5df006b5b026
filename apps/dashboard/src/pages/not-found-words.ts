import type { Words } from '../i18n/words.ts';

export const notFoundWords = {
  title: ['There is no such page', 'Такой страницы нет'],
  text: ['The address may be old, or mistyped.', 'Адрес мог устареть, или в нём опечатка.'],
  back: ['To the overview', 'К обзору'],
} as const satisfies Words;
