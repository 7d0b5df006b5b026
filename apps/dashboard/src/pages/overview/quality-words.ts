import type { Words } from '../../i18n/words.ts';

export const qualityWords = {
  title: ['Quality', 'Качество'],
  firstToken: ['First token', 'Первый токен'],
  latency: ['Whole answer', 'Весь ответ'],
  percentiles: ['half within {p50}, 99 % within {p99}', 'половина за {p50}, 99 % за {p99}'],
  noDelays: ['nothing was measured', 'ничего не измерено'],
  in95: ['95 % in {time}', '95 % за {time}'],
  availability: ['Availability', 'Доступность'],
  availabilityNote: [
    '{failed} failed, {aborted} broken off by callers',
    '{failed} с ошибкой, {aborted} прервали клиенты',
  ],
  cache: ['Saved by caches', 'Сэкономили кэши'],
  cacheNote: ['{hits} answers from the cache', '{hits} ответов из кэша'],
  perRequest: ['Cost of a request', 'Цена запроса'],
  active: ['people: {users}, keys: {keys}', 'людей: {users}, ключей: {keys}'],
  before: ['before: {value}', 'раньше: {value}'],
  errors: ['Errors', 'Ошибки'],
  code: ['Code', 'Код'],
  requests: ['Requests', 'Запросы'],
  share: ['Share', 'Доля'],
} as const satisfies Words;
