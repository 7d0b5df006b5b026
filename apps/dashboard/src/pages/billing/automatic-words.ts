import type { Words } from '../../i18n/words.ts';

export const automaticWords = {
  title: ['Automatic top-up', 'Автопополнение'],
  text: [
    'The saved method is charged when the balance falls below a threshold, within two limits.',
    'Сохранённый способ оплаты списывается, когда баланс падает ниже порога, в двух пределах.',
  ],
  noMethod: [
    'No payment method is saved. Save one with your next top-up.',
    'Способ оплаты не сохранён. Сохраните его при следующем пополнении.',
  ],
  method: ['Saved method', 'Сохранённый способ'],
  expires: ['expires {when}', 'до {when}'],
  forget: ['Forget it', 'Забыть'],
  forgetTitle: ['Forget the payment method?', 'Забыть способ оплаты?'],
  forgetText: [
    'The automatic top-up can charge nothing from then on.',
    'Автопополнение с этого момента не сможет ничего списать.',
  ],
  threshold: ['When the balance is below, USD', 'Когда баланс ниже, долларов'],
  amount: ['Top up by, USD', 'Пополнять на, долларов'],
  day: ['At most in 24 hours, USD', 'Не больше за 24 часа, долларов'],
  month: ['At most in 30 days, USD', 'Не больше за 30 дней, долларов'],
  bad: ['An amount above zero, such as 20 or 12.50.', 'Сумма больше нуля, например 20 или 12,50.'],
  on: ['Switch on', 'Включить'],
  off: ['Switch off', 'Выключить'],
  active: ['on', 'включено'],
  suspended: ['stopped after declines: save it to resume', 'остановлено после отказов: сохраните, чтобы продолжить'],
  failures: ['{count} declines since the last success', 'отказов с последнего успеха: {count}'],
} as const satisfies Words;
