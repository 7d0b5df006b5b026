import type { ApiKey } from '@aggregator/contracts';
import { useInfiniteQuery } from '@tanstack/react-query';
import { listQuery } from './lists.ts';
import { can } from './permissions.ts';
import { useProfile } from './queries.ts';

export const keysQuery = listQuery<ApiKey>('keys', '/v1/auth/api-keys', { limit: '100' });

/** Statistics have this id for requests without an API key, or of keys without a team. */
export const noId = '00000000-0000-0000-0000-000000000000';

/** Returns how an API key is named in tables; its id where the person may not see it. */
export function useKeyNames(): (id: string) => string {
  const user = useProfile();
  const { data } = useInfiniteQuery({ ...keysQuery, enabled: can(user, 'keys.manage') });
  const names = new Map(data?.pages.flatMap((page) => page.data.map(({ id, name }) => [id, name] as const)));
  return (id) => (id === noId ? '–' : (names.get(id) ?? id));
}
