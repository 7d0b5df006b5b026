import type { Words } from '../../i18n/words.ts';

export const accessWords = {
  title: ['SCIM', 'SCIM'],
  intro: [
    'Your identity provider creates, changes and removes members by itself, with a token.',
    'Ваш провайдер удостоверений сам создаёт, меняет и удаляет участников с помощью токена.',
  ],
  create: ['New token', 'Новый токен'],
  none: ['There are no tokens', 'Токенов нет'],
  noneText: [
    'Create a token, and give it to your identity provider together with the address.',
    'Создайте токен и передайте его провайдеру удостоверений вместе с адресом.',
  ],
  token: ['Token', 'Токен'],
  role: ['Role of new members', 'Роль новых участников'],
  handKeysTo: ['API keys of leavers', 'API-ключи ушедших'],
  revoke: ['are revoked', 'отзываются'],
  hand: ['go to {name}', 'переходят: {name}'],
  since: ['Since', 'С'],
  secretTitle: ['Token for SCIM', 'Токен для SCIM'],
  secretText: ['This is the only time that the token is shown.', 'Токен показан единственный раз.'],
  baseUrl: ['Address for the identity provider', 'Адрес для провайдера удостоверений'],
  remove: ['Revoke', 'Отозвать'],
  removeTitle: ['Revoke the token {name}?', 'Отозвать токен {name}?'],
  removeText: [
    'The identity provider can change nothing from then on. Members stay.',
    'Провайдер удостоверений больше ничего не сможет изменить. Участники останутся.',
  ],
} as const satisfies Words;
