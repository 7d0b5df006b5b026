import type { Words } from '../../i18n/words.ts';

export const usageWords = {
  title: ['Usage', 'Использование'],
  intro: [
    'The sums equal the ledger to the nano-dollar. Hours and days are UTC.',
    'Суммы равны книге учёта до нанодоллара. Часы и дни по UTC.',
  ],
  groupBy: ['Group by', 'Группировать'],
  model: ['Model', 'Модель'],
  provider: ['Provider', 'Провайдер'],
  key: ['API key', 'API-ключ'],
  user: ['Member', 'Участник'],
  only: ['Only {what}: {name}', 'Только {what}: {name}'],
  drop: ['Show all', 'Показать всё'],
  narrow: ['Look into {name}', 'Подробнее: {name}'],
  day: ['Day', 'День'],
  hour: ['Hour', 'Час'],
  requests: ['Requests', 'Запросы'],
  failed: ['Failed', 'Ошибки'],
  input: ['Input tokens', 'Токены на вход'],
  output: ['Output tokens', 'Токены на выход'],
  latency: ['Mean latency', 'Средняя задержка'],
  cost: ['Cost', 'Стоимость'],
  total: ['Total', 'Всего'],
  none: ['No requests in this period', 'За этот период запросов нет'],
  noneText: ['Choose a longer period.', 'Выберите период длиннее.'],
  csv: ['Download CSV', 'Скачать CSV'],
} as const satisfies Words;
