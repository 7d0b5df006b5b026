import type { Words } from './words.ts';

/** Words that many pages use. */
export const general = {
  cancel: ['Cancel', 'Отмена'],
  close: ['Close', 'Закрыть'],
  save: ['Save', 'Сохранить'],
  copy: ['Copy', 'Копировать'],
  copied: ['Copied', 'Скопировано'],
  retry: ['Try again', 'Повторить'],
  more: ['Show more', 'Показать ещё'],
  loading: ['Loading', 'Загрузка'],
  failed: ['This could not be loaded', 'Не удалось загрузить'],
  refused: ['This did not work', 'Не получилось'],
  network: ['There was no answer. Check the connection.', 'Нет ответа. Проверьте соединение.'],
  requestId: ['Request id', 'Идентификатор запроса'],
  none: ['none', 'нет'],
  all: ['all', 'все'],
  never: ['never', 'никогда'],
  name: ['Name', 'Название'],
  search: ['Search', 'Поиск'],
  actions: ['Actions', 'Действия'],
  required: ['Fill in this field.', 'Заполните это поле.'],
} as const satisfies Words;
