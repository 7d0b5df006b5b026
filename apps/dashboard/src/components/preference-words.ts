import type { Words } from '../i18n/words.ts';

export const preferenceWords = {
  language: ['Language', 'Язык'],
  theme: ['Theme', 'Тема'],
  system: ['As the system', 'Как в системе'],
  light: ['Light', 'Светлая'],
  dark: ['Dark', 'Тёмная'],
} as const satisfies Words;
