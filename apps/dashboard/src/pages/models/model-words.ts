import type { Words } from '../../i18n/words.ts';

export const modelWords = {
  title: ['Models', 'Модели'],
  intro: [
    'What your keys can call. Prices in USD per million tokens.',
    'Что могут вызывать ваши ключи. Цены в долларах за миллион токенов.',
  ],
  none: ['No model fits', 'Ничего не подходит'],
  noneText: [
    'Change the search, or ask the operator for a provider.',
    'Измените поиск или попросите оператора добавить провайдера.',
  ],
  model: ['Model', 'Модель'],
  provider: ['Provider', 'Провайдер'],
  context: ['Context', 'Контекст'],
  output: ['Longest answer', 'Длина ответа'],
  priceIn: ['Input', 'Вход'],
  priceOut: ['Output', 'Выход'],
  priceCache: ['From the cache', 'Из кэша'],
  can: ['Can', 'Умеет'],
  needs: ['Must be able to', 'Должна уметь'],
  anything: ['anything', 'что угодно'],
  order: ['Order', 'Порядок'],
  byName: ['Name', 'По названию'],
  byPrice: ['Cheapest first', 'Сначала дешёвые'],
  byContext: ['Longest context first', 'Сначала длинный контекст'],
  compare: ['Compare', 'Сравнить'],
  compareIn: ['Compare in the playground', 'Сравнить на площадке'],
  found: ['Models found: {count}', 'Найдено моделей: {count}'],
  tryIt: ['Try', 'Попробовать'],
} as const satisfies Words;
