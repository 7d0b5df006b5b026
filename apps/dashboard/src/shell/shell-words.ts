import type { Words } from '../i18n/words.ts';

export const shellWords = {
  skip: ['Skip to the content', 'К содержанию'],
  menu: ['Menu', 'Меню'],
  navigation: ['Pages', 'Страницы'],
  signOut: ['Sign out', 'Выйти'],
} as const satisfies Words;
