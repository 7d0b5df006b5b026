import { infiniteQueryOptions } from '@tanstack/react-query';
import { get } from './call.ts';

/** A page of a list. */
export interface ListPage<Row> {
  data: Row[];
  nextCursor: string | null;
}

/** A list that is read page by page. */
export const listQuery = <Row>(key: string, path: string, query: Readonly<Record<string, string | undefined>> = {}) =>
  infiniteQueryOptions({
    queryKey: [key, path, query],
    queryFn: ({ pageParam, signal }) =>
      get<ListPage<Row>>(path, { ...query, ...(pageParam !== '' && { cursor: pageParam }) }, signal),
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }: ListPage<Row>) => nextCursor,
  });
