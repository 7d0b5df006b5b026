import type { Words } from '../../i18n/words.ts';

export const topUpWords = {
  add: ['Add money', 'Пополнить'],
  title: ['Add money to the balance', 'Пополнение баланса'],
  text: [
    'You pay on a page of the payment provider, and come back here. The balance grows when the money has arrived.',
    'Вы платите на странице платёжной системы и возвращаетесь сюда. Баланс растёт, когда деньги пришли.',
  ],
  amount: ['Amount, USD', 'Сумма, долларов'],
  bad: [
    'A whole number of cents above zero, such as 20 or 12.50.',
    'Целое число центов больше нуля, например 20 или 12,50.',
  ],
  save: ['Keep the method at the provider', 'Сохранить способ оплаты у провайдера'],
  pay: ['Go to the payment', 'Перейти к оплате'],
  list: ['Top-ups', 'Пополнения'],
  none: ['There are no top-ups yet.', 'Пополнений пока нет.'],
  time: ['Time', 'Время'],
  status: ['State', 'Состояние'],
  refunded: ['Refunded', 'Возвращено'],
  sum: ['Amount', 'Сумма'],
  goOn: ['Pay', 'Оплатить'],
  created: ['being prepared', 'готовится'],
  open: ['waits for payment', 'ждёт оплаты'],
  processing: ['on its way', 'в пути'],
  succeeded: ['in the balance', 'на балансе'],
  failed: ['failed', 'не удалось'],
  expired: ['expired', 'истекло'],
} as const satisfies Words;
