import type { Words } from '../../i18n/words.ts';

export const adviceWords = {
  title: ['Advice', 'Советы'],
  intro: [
    'How the requests of a month could have cost less. Each figure is a real request, priced again.',
    'Как запросы месяца могли стоить меньше. Каждая цифра — настоящий запрос, пересчитанный заново.',
  ],
  month: ['Month', 'Месяц'],
  paid: ['Charged', 'Списано'],
  requests: ['Requests', 'Запросы'],
  computed: ['Computed', 'Рассчитано'],
  partial: [
    'The month has more requests than are read: only the newest count.',
    'В месяце больше запросов, чем читается: учтены только самые новые.',
  ],
  noSum: [
    'Savings do not add up: two entries may be about the same requests.',
    'Экономию нельзя складывать: две записи могут быть об одних и тех же запросах.',
  ],
  none: ['There is nothing to save in this month', 'В этом месяце экономить не на чем'],
  noneText: [
    'No other model or provider would have been cheaper, and no request was made twice.',
    'Ни другая модель, ни другой провайдер не были бы дешевле, и ни один запрос не повторялся.',
  ],
  saves: ['would save {amount}', 'сэкономит {amount}'],
  cheaper_model: ['A cheaper model', 'Более дешёвая модель'],
  cheaper_provider: ['A cheaper provider of the same model', 'Та же модель у более дешёвого провайдера'],
  repeated_requests: ['Requests that were repeated', 'Повторённые запросы'],
  prompt_caching: ['Prompts that begin alike', 'Промпты с одинаковым началом'],
  batch: ['Requests that could be a batch', 'Запросы, которые могли идти пакетом'],
  idle_key: ['A key that is not used', 'Неиспользуемый ключ'],
  now: ['Now', 'Сейчас'],
  instead: ['Instead', 'Вместо этого'],
  key: ['API key', 'API-ключ'],
  wouldCost: ['Would cost', 'Стоило бы'],
  examples: ['Examples', 'Примеры'],
  example: ['Request {number}', 'Запрос {number}'],
} as const satisfies Words;
