import type { Words } from '../../i18n/words.ts';

export const startWords = {
  title: ['First steps', 'Первые шаги'],
  intro: ['From here to your first answer in three steps.', 'Три шага до первого ответа модели.'],
  step1: ['1. Create an API key', '1. Создайте API-ключ'],
  step1Text: [
    'A program shows this key to call models. It is shown once: keep it where secrets are kept.',
    'Этот ключ программа предъявляет, чтобы вызывать модели. Он показывается один раз: храните его как секрет.',
  ],
  create: ['Create the key', 'Создать ключ'],
  keyName: ['First key', 'Первый ключ'],
  yourKey: ['Your key', 'Ваш ключ'],
  keyNow: ['Copy it now. It cannot be shown again.', 'Скопируйте его сейчас. Показать его снова нельзя.'],
  step2: ['2. Send a request', '2. Отправьте запрос'],
  step2Text: [
    'The address is compatible with OpenAI: any of its SDKs works. Choose a model and copy.',
    'Адрес совместим с OpenAI: подходит любой его SDK. Выберите модель и скопируйте код.',
  ],
  model: ['Model', 'Модель'],
  noModels: [
    'No model is served yet. The operator adds a provider.',
    'Пока нет ни одной модели. Провайдера добавляет оператор.',
  ],
  tryIt: ['Or try it here', 'Или попробуйте здесь'],
  sending: ['Sending…', 'Отправка…'],
  answer: ['The answer', 'Ответ'],
  cost: ['It cost {cost}.', 'Это стоило {cost}.'],
  step3: ['3. See what it cost', '3. Посмотрите, сколько это стоило'],
  step3Text: [
    'Every request appears in the usage within seconds, exact to the nano-dollar.',
    'Каждый запрос появляется в статистике за секунды, с точностью до нанодоллара.',
  ],
  toUsage: ['To the overview', 'К обзору'],
  prompt: ['Say hello in one sentence.', 'Поздоровайся одним предложением.'],
} as const satisfies Words;
