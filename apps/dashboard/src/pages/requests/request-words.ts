import type { Words } from '../../i18n/words.ts';

export const requestWords = {
  title: ['One request', 'Один запрос'],
  intro: [
    'Every answer has a request id in the header x-request-id. Paste it to see what it cost, and why.',
    'У каждого ответа есть идентификатор в заголовке x-request-id. Вставьте его, чтобы увидеть, сколько стоил запрос и почему.',
  ],
  id: ['Request id', 'Идентификатор запроса'],
  show: ['Show', 'Показать'],
  missing: [
    'No charge has this id. It may be of another organisation, or the request was rejected before a provider was asked. A new charge appears within seconds.',
    'Списания с таким идентификатором нет. Возможно, оно другой организации, или запрос отклонён до обращения к провайдеру. Новое списание появляется за секунды.',
  ],
  model: ['Model', 'Модель'],
  provider: ['Provider', 'Провайдер'],
  ended: ['Ended', 'Завершён'],
  outcome: ['Outcome', 'Итог'],
  priceVersion: ['Price version', 'Версия цены'],
  amount: ['Amount', 'Сумма'],
  estimated: ['estimated: the provider reported no figures', 'оценка: провайдер не сообщил цифр'],
  how: ['How the amount comes about', 'Как получилась сумма'],
  component: ['Component', 'Составляющая'],
  units: ['Units', 'Единицы'],
  rate: ['USD per million', 'Долларов за миллион'],
  lineAmount: ['USD', 'Долларов'],
  rounded: [
    'The sum is rounded up once, to a whole nano-dollar.',
    'Сумма один раз округляется вверх до целого нанодоллара.',
  ],
  transfers: ['Entries of the ledger', 'Проводки в книге учёта'],
  from: ['From', 'Откуда'],
  to: ['To', 'Куда'],
  time: ['Time', 'Время'],
  correction: ['Corrected', 'Исправлено'],
  correctionText: [
    'The provider’s own record came later, and {difference} was moved as well.',
    'Собственная запись провайдера пришла позже, и дополнительно перемещено {difference}.',
  ],
} as const satisfies Words;
