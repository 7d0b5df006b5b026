import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { general } from '../i18n/general-words.ts';
import { useWords } from '../i18n/preferences.tsx';
import { Problem } from './problem.tsx';

const keys = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'];

/** Room of what is being loaded, so that nothing moves when it is there. */
export function Bones({ lines = 5 }: { lines?: number }) {
  const t = useWords(general);
  return (
    <div className="bones" role="status" aria-label={t('loading')}>
      {keys.slice(0, lines).map((key) => (
        <span key={key} />
      ))}
    </div>
  );
}

/** What a query has, or why it has nothing yet. */
export function Load<Data>({
  query,
  lines,
  children,
}: {
  query: Pick<UseQueryResult<Data>, 'data' | 'error' | 'refetch'>;
  lines?: number;
  children: (data: Data) => ReactNode;
}) {
  if (query.data !== undefined) return <>{children(query.data)}</>;
  if (query.error !== null) return <Problem error={query.error} onRetry={() => void query.refetch()} />;
  return <Bones {...(lines !== undefined && { lines })} />;
}
