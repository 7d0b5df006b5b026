import type { Words } from '../../i18n/words.ts';

export const alertWords = {
  title: ['Alerts', 'Оповещения'],
  intro: [
    'What needs a person, and what needed one before. Messages go to the channels of the installation.',
    'Что требует внимания человека и что требовало его раньше. Сообщения уходят в каналы установки.',
  ],
  test: ['Test the channels', 'Проверить каналы'],
  noChannel: ['No channel is configured, so alerts are not sent.', 'Каналы не настроены: оповещения никуда не уходят.'],
  sent: ['sent', 'отправлено'],
  state: ['State', 'Состояние'],
  firing: ['fires', 'активно'],
  cleared: ['cleared', 'завершено'],
  silenced: ['silenced', 'заглушено'],
  critical: ['critical', 'критично'],
  warning: ['warning', 'предупреждение'],
  alert: ['Alert', 'Оповещение'],
  since: ['Since', 'С'],
  ended: ['Ended', 'Завершено'],
  runbook: ['Runbook', 'Инструкция'],
  none: ['No alert has fired.', 'Оповещений не было.'],
  silence: ['Silence for 4 hours', 'Заглушить на 4 часа'],
  silences: ['Silences', 'Заглушённые оповещения'],
  silencesText: [
    'Alerts that match are listed and not sent. Those that still fire at the end are sent then.',
    'Подходящие оповещения видны здесь, но не отправляются. Те, что активны по окончании, будут отправлены.',
  ],
  noSilences: ['Nothing is silenced.', 'Ничего не заглушено.'],
  rule: ['Rule', 'Правило'],
  labels: ['Labels', 'Метки'],
  until: ['Until', 'До'],
  end: ['End', 'Снять'],
} as const satisfies Words;
