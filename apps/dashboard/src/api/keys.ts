import type { ApiKey } from '@aggregator/contracts';
import { infiniteQueryOptions, useInfiniteQuery } from '@tanstack/react-query';
import { get } from './call.ts';
import { can } from './permissions.ts';
import { useProfile } from './queries.ts';

/** A page of a list. */
export interface ListPage<Row> {
  data: Row[];
  nextCursor: string | null;
}

/** A list that is read page by page. */
export const listQuery = <Row>(key: string, path: string, query: Readonly<Record<string, string | undefined>> = {}) =>
  infiniteQueryOptions({
    queryKey: [key, query],
    queryFn: ({ pageParam, signal }) =>
      get<ListPage<Row>>(path, { ...query, ...(pageParam !== '' && { cursor: pageParam }) }, signal),
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }: ListPage<Row>) => nextCursor,
  });

export const keysQuery = listQuery<ApiKey>('keys', '/v1/auth/api-keys', { limit: '100' });

/** Statistics have this id where a person called without an API key. */
const noKey = '00000000-0000-0000-0000-000000000000';

/** Returns how an API key is named in tables; its id where the person may not see it. */
export function useKeyNames(): (id: string) => string {
  const user = useProfile();
  const { data } = useInfiniteQuery({ ...keysQuery, enabled: can(user, 'keys.manage') });
  const names = new Map(data?.pages.flatMap((page) => page.data.map(({ id, name }) => [id, name] as const)));
  return (id) => (id === noKey ? '–' : (names.get(id) ?? id));
}
