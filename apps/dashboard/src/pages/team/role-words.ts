import type { MemberRole } from '@aggregator/contracts';
import type { Pair } from '../../i18n/words.ts';

export const roleWords: Readonly<Record<MemberRole, Pair>> = {
  owner: ['owner', 'владелец'],
  admin: ['admin', 'администратор'],
  billing: ['billing', 'финансы'],
  developer: ['developer', 'разработчик'],
  viewer: ['viewer', 'наблюдатель'],
};
