import type { Words } from '../../i18n/words.ts';

export const auditWords = {
  title: ['Audit', 'Журнал действий'],
  intro: [
    'Who changed what. Entries cannot be changed or deleted.',
    'Кто что изменил. Записи нельзя изменить или удалить.',
  ],
  action: ['Action', 'Действие'],
  any: ['any', 'любое'],
  time: ['Time', 'Время'],
  actor: ['Who', 'Кто'],
  installation: ['the installation', 'установка'],
  subject: ['On what', 'Над чем'],
  details: ['Details', 'Подробности'],
  subjectId: ['Id of what was changed', 'Идентификатор изменённого'],
  firstDay: ['First day', 'Первый день'],
  lastDay: ['Last day', 'Последний день'],
  csv: ['Save as CSV', 'Сохранить CSV'],
  ndjson: ['Save as JSON lines', 'Сохранить строки JSON'],
  find: ['Find', 'Найти'],
  none: ['No entry fits', 'Подходящих записей нет'],
} as const satisfies Words;
