import type { Words } from '../i18n/words.ts';

export const navigationWords = {
  use: ['Use', 'Работа'],
  organization: ['Organisation', 'Организация'],
  installation: ['Installation', 'Установка'],
  overview: ['Overview', 'Обзор'],
  start: ['First steps', 'Первые шаги'],
  usage: ['Usage', 'Использование'],
  keys: ['API keys', 'API-ключи'],
  models: ['Models', 'Модели'],
  playground: ['Playground', 'Площадка'],
  requests: ['Find a request', 'Найти запрос'],
  billing: ['Billing', 'Оплата'],
  budgets: ['Budgets', 'Бюджеты'],
  prices: ['Prices', 'Цены'],
  team: ['Team', 'Команда'],
  audit: ['Audit', 'Журнал действий'],
  settings: ['Account', 'Учётная запись'],
  organizations: ['Organisations', 'Организации'],
  providers: ['Providers', 'Провайдеры'],
  routes: ['Routes', 'Маршруты'],
  ledger: ['Ledger', 'Книга учёта'],
} as const satisfies Words;
