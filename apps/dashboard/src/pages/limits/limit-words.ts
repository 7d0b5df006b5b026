import type { Words } from '../../i18n/words.ts';

export const limitWords = {
  title: ['Limits and tags', 'Лимиты и метки'],
  intro: [
    'How many requests and tokens may be taken in a minute, and by whom. A limit counts all requests of its subject together.',
    'Сколько запросов и токенов можно потратить за минуту и кому. Лимит считает все запросы субъекта вместе.',
  ],
  create: ['New limit', 'Новый лимит'],
  none: ['There are no limits', 'Лимитов нет'],
  noneText: [
    'Each API key has the limits of the installation. A limit here holds for a whole team, member or organisation.',
    'У каждого API-ключа лимиты установки. Лимит здесь действует на всю команду, участника или организацию.',
  ],
  level: ['Of', 'Чей'],
  organization: ['organisation', 'организация'],
  team: ['team', 'команда'],
  user: ['member', 'участник'],
  key: ['API key', 'API-ключ'],
  requestsPerMinute: ['Requests in a minute', 'Запросов в минуту'],
  tokensPerMinute: ['Tokens in a minute', 'Токенов в минуту'],
  concurrentRequests: ['Requests at once', 'Запросов одновременно'],
  oneAtLeast: ['Fill in one of the three at least.', 'Заполните хотя бы одно из трёх.'],
  empty: ['Empty: not counted.', 'Пусто: не считается.'],
  models: ['Models', 'Модели'],
  modelsHint: ['Names with commas between; empty: all.', 'Названия через запятую; пусто: все.'],
  all: ['all', 'все'],
  edit: ['Change', 'Изменить'],
  editTitle: ['Change the limit {name}', 'Изменить лимит {name}'],
  remove: ['Delete', 'Удалить'],
  removeTitle: ['Delete the limit {name}?', 'Удалить лимит {name}?'],
  removeText: ['It ends at once, for open requests too.', 'Он исчезнет сразу, в том числе для открытых запросов.'],
  tags: ['Tags', 'Метки'],
  tagsText: [
    'A request can name tags in its metadata. Only these keys become tags, by which usage and charges are grouped.',
    'Запрос может назвать метки в metadata. Только эти ключи становятся метками, по которым группируются расход и списания.',
  ],
  tagKeys: ['Keys of tags', 'Ключи меток'],
  tagKeysHint: [
    'At most eight, with commas between: project, release.',
    'Не больше восьми, через запятую: project, release.',
  ],
  saved: ['Saved. It counts for requests from now on.', 'Сохранено. Действует для запросов с этого момента.'],
} as const satisfies Words;
