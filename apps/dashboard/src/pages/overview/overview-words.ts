import type { Words } from '../../i18n/words.ts';

export const overviewWords = {
  title: ['Overview', 'Обзор'],
  balance: ['Balance', 'Баланс'],
  held: ['{held} held for open requests', '{held} удержано под открытые запросы'],
  spend: ['Spend', 'Расходы'],
  requests: ['Requests', 'Запросы'],
  failed: ['Failed', 'Ошибки'],
  failedShare: ['{share} of requests', '{share} запросов'],
  tokens: ['Tokens', 'Токены'],
  tokensNote: ['{input} in, {output} out', '{input} на вход, {output} на выход'],
  latency: ['Mean latency', 'Средняя задержка'],
  against: ['{change} against the period before', '{change} к прошлому периоду'],
  noBefore: ['nothing in the period before', 'в прошлом периоде ничего'],
  spendOverTime: ['Spend over time', 'Расходы по времени'],
  chartLabel: ['Bars of the spend, {total} in all', 'Столбцы расходов, всего {total}'],
  byModel: ['Models', 'Модели'],
  byKey: ['API keys', 'API-ключи'],
  nothing: ['No requests in this period', 'За этот период запросов нет'],
  nothingText: [
    'When a program calls a model, its figures are here within seconds.',
    'Как только программа вызовет модель, её цифры появятся здесь за секунды.',
  ],
  firstSteps: ['First steps', 'Первые шаги'],
  toUsage: ['All usage', 'Всё использование'],
  model: ['Model', 'Модель'],
  share: ['Share', 'Доля'],
} as const satisfies Words;
