import type { Words } from '../../i18n/words.ts';

export const routeWords = {
  title: ['Routes', 'Маршруты'],
  intro: [
    'A public name for candidates: who is asked first, and who stands in.',
    'Общее название для кандидатов: кого спрашивать первым и кто подменяет.',
  ],
  add: ['New route', 'Новый маршрут'],
  none: ['There are no routes', 'Маршрутов нет'],
  noneText: [
    'Without a route, a model is called by its own name.',
    'Без маршрута модель вызывают её собственным именем.',
  ],
  strategy: ['Strategy', 'Стратегия'],
  weighted: ['by weight', 'по весу'],
  latency: ['fastest first', 'сначала быстрые'],
  price: ['cheapest first', 'сначала дешёвые'],
  candidates: ['Candidates', 'Кандидаты'],
  candidate: ['Candidate {number}', 'Кандидат {number}'],
  model: ['Model', 'Модель'],
  priority: ['Priority', 'Приоритет'],
  weight: ['Weight', 'Вес'],
  drop: ['Remove', 'Убрать'],
  more: ['Add a candidate', 'Добавить кандидата'],
  orderHint: [
    'The lowest priority is asked first; the next one stands in when it fails. Those of one priority share the requests by weight.',
    'Сначала спрашивают наименьший приоритет; следующий подменяет его при сбое. Кандидаты одного приоритета делят запросы по весу.',
  ],
  sticky: ['Keep a conversation with one candidate', 'Держать разговор у одного кандидата'],
  edit: ['Edit', 'Изменить'],
  remove: ['Delete', 'Удалить'],
  removeTitle: ['Delete the route {name}?', 'Удалить маршрут {name}?'],
  removeText: ['Requests to this name are rejected at once.', 'Запросы к этому названию сразу получают отказ.'],
  source: ['Declared by', 'Задан'],
  test: ['Try', 'Попробовать'],
} as const satisfies Words;
