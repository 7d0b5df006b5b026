import { type InfiniteData, type UseInfiniteQueryResult, useInfiniteQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { ListPage, listQuery } from '../api/lists.ts';
import { general } from '../i18n/general-words.ts';
import { useWords } from '../i18n/preferences.tsx';
import { Load } from './load.tsx';

/** A list that is read page by page, with a button for the next one. */
export function PagesOf<Row>({
  query,
  empty,
  children,
}: {
  query: ReturnType<typeof listQuery<Row>>;
  empty: ReactNode;
  children: (rows: Row[]) => ReactNode;
}) {
  const t = useWords(general);
  const list: UseInfiniteQueryResult<InfiniteData<ListPage<Row>>> = useInfiniteQuery(query);
  return (
    <Load query={list} lines={6}>
      {({ pages }) => {
        const rows = pages.flatMap(({ data }) => data);
        if (rows.length === 0) return empty;
        return (
          <div className="stack tight">
            {children(rows)}
            {list.hasNextPage ? (
              <div>
                <button
                  type="button"
                  className="button"
                  disabled={list.isFetchingNextPage}
                  onClick={() => void list.fetchNextPage()}
                >
                  {t('more')}
                </button>
              </div>
            ) : null}
          </div>
        );
      }}
    </Load>
  );
}
