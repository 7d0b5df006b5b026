import type { Words } from '../../i18n/words.ts';

export const priceRuleWords = {
  title: ['Markups and discounts', 'Наценки и скидки'],
  intro: [
    'A rule multiplies the price of the models that its pattern names. A rule of an organisation goes before one for all.',
    'Правило умножает цену моделей, названных шаблоном. Правило организации важнее общего.',
  ],
  add: ['New rule', 'Новое правило'],
  none: ['There are no rules: every model has its price.', 'Правил нет: у каждой модели её цена.'],
  models: ['Models', 'Модели'],
  modelsHint: ['provider/model with * for any text: openai/*', 'провайдер/модель, * — любой текст: openai/*'],
  change: ['Change, percent', 'Изменение, проценты'],
  changeHint: ['25 is a markup, -10 a discount.', '25 — наценка, -10 — скидка.'],
  badChange: ['A number of percent from -100, such as 25 or -12.5.', 'Проценты от -100, например 25 или -12,5.'],
  organization: ['Organisation', 'Организация'],
  organizationHint: ['Its id; empty: for all.', 'Её идентификатор; пусто: для всех.'],
  everyone: ['all', 'все'],
  endTitle: ['End the rule of {models}?', 'Завершить правило {models}?'],
} as const satisfies Words;
