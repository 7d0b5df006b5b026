import type { Words } from '../../i18n/words.ts';

export const transferWords = {
  title: ['Bank transfers', 'Банковские переводы'],
  intro: [
    'Money that came by bank. One operator enters it, another one approves it; only then it is in the balance.',
    'Деньги, пришедшие через банк. Один оператор вносит перевод, другой подтверждает; только тогда они на балансе.',
  ],
  add: ['Enter a transfer', 'Внести перевод'],
  none: ['There are no bank transfers yet', 'Банковских переводов пока нет'],
  noneText: [
    'Enter each booking of the bank statement with its reference. The same reference is entered once.',
    'Внесите каждую строку банковской выписки с её номером. Один номер вносится один раз.',
  ],
  reference: ['Reference of the bank', 'Номер в банке'],
  organization: ['Organisation', 'Организация'],
  organizationId: ['Id of the organisation', 'Идентификатор организации'],
  amount: ['Amount, USD', 'Сумма, USD'],
  badAmount: ['An amount above zero, such as 12.50', 'Сумма больше нуля, например 12.50'],
  description: ['Description', 'Описание'],
  time: ['Entered', 'Внесён'],
  state: ['State', 'Состояние'],
  proposed: ['waits for another operator', 'ждёт другого оператора'],
  approved: ['in the balance', 'на балансе'],
  rejected: ['rejected', 'отклонён'],
  approve: ['Approve', 'Подтвердить'],
  reject: ['Reject', 'Отклонить'],
  approveTitle: ['Approve {reference}?', 'Подтвердить {reference}?'],
  approveText: [
    '{amount} are added to the balance of {organization}. This cannot be taken back.',
    '{amount} будет добавлено на баланс {organization}. Отменить это нельзя.',
  ],
  rejectTitle: ['Reject {reference}?', 'Отклонить {reference}?'],
  rejectText: ['The balance does not change.', 'Баланс не изменится.'],
} as const satisfies Words;
