import type { Words } from '../../i18n/words.ts';

export const settingsWords = {
  title: ['Account', 'Учётная запись'],
  profile: ['Profile', 'Профиль'],
  yourName: ['Your name', 'Ваше имя'],
  password: ['Password', 'Пароль'],
  currentPassword: ['Current password', 'Нынешний пароль'],
  newPassword: ['New password', 'Новый пароль'],
  passwordHint: [
    'At least 10 characters. All your other sessions end.',
    'Не меньше 10 символов. Все остальные ваши сеансы завершатся.',
  ],
  change: ['Change the password', 'Сменить пароль'],
  saved: ['Saved.', 'Сохранено.'],
  sessions: ['Sessions', 'Сеансы'],
  since: ['Signed in', 'Вход'],
  until: ['Ends', 'Завершится'],
  action: ['Action', 'Действие'],
  thisOne: ['this one', 'этот'],
  end: ['End', 'Завершить'],
} as const satisfies Words;
