import type { Words } from '../../i18n/words.ts';

export const promotionalWords = {
  title: ['Credit with an end', 'Кредит со сроком'],
  text: [
    'It is part of the balance and is spent first. What is left at its end goes back.',
    'Он входит в баланс и тратится первым. Остаток в конце срока возвращается.',
  ],
  description: ['Description', 'Описание'],
  left: ['Left', 'Осталось'],
  given: ['Given', 'Выдано'],
  ends: ['Ends, UTC', 'Кончается, UTC'],
} as const satisfies Words;
