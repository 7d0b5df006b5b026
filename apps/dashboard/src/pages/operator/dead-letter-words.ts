import type { Words } from '../../i18n/words.ts';

export const deadLetterWords = {
  title: ['Dead letters', 'Непроведённые события'],
  intro: [
    'Events of usage that billing cannot post. Each waits for a decision: post it after the cause is repaired, or drop it.',
    'События расхода, которые биллинг не может провести. Каждое ждёт решения: провести после устранения причины или отбросить.',
  ],
  none: ['There are no dead letters', 'Непроведённых событий нет'],
  noneText: ['Every event of usage is in the ledger.', 'Все события расхода есть в книге учёта.'],
  event: ['Event', 'Событие'],
  time: ['Time', 'Время'],
  reason: ['Reason', 'Причина'],
  show: ['Show', 'Показать'],
  showTitle: ['The event as it came', 'Событие, как оно пришло'],
  replay: ['Post again', 'Провести снова'],
  handled: ['Event {id} is posted.', 'Событие {id} проведено.'],
  rejected: ['Event {id} was rejected again: {reason}.', 'Событие {id} снова отклонено: {reason}.'],
  drop: ['Drop', 'Отбросить'],
  dropTitle: ['Drop the event {id}?', 'Отбросить событие {id}?'],
  dropText: [
    'What it says is charged to no one. The audit keeps who dropped it.',
    'То, что в нём указано, ни с кого не спишется. Журнал сохранит, кто его отбросил.',
  ],
} as const satisfies Words;
