import type { BulkReport } from '@aggregator/contracts';
import { toCsv } from '@aggregator/contracts/csv';
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { get } from '../../api/call.ts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { Load } from '../../components/load.tsx';
import { saveFile } from '../../components/save-file.ts';
import { formatNumber } from '../../format/numbers.ts';
import { general } from '../../i18n/general-words.ts';
import { usePreferences, useWords } from '../../i18n/preferences.tsx';
import { bulkWords } from './bulk-words.ts';

type Row = BulkReport['rows'][number];

const refreshMs = 1000;
const tones: Readonly<Record<NonNullable<Row['result']>, string>> = {
  ...{ created: 'good', joined: 'good', invited: 'good', changed: 'warn', unchanged: '', failed: 'bad' },
};
const isOver = ({ done, total }: BulkReport) => done === total;

/** How far a list is, and its report. It is asked for again until the list is over. */
export function Job({ id }: { id: string }) {
  const queries = useQueryClient();
  const job = useInfiniteQuery({
    queryKey: ['bulk', id],
    queryFn: ({ pageParam, signal }) =>
      get<BulkReport>(
        `/v1/auth/organization/bulk/${encodeURIComponent(id)}`,
        { limit: 100, ...(pageParam !== '' && { cursor: pageParam }) },
        signal,
      ),
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }: BulkReport) => nextCursor,
    refetchInterval: ({ state }) => {
      const first = state.data?.pages[0];
      return first !== undefined && isOver(first) ? false : refreshMs;
    },
  });
  const first = job.data?.pages[0];
  const hasChanged = first !== undefined && isOver(first) && !first.isDryRun;
  useEffect(() => {
    if (!hasChanged) return;
    for (const key of ['members', 'teams', 'keys', 'budgets']) void queries.invalidateQueries({ queryKey: [key] });
  }, [hasChanged, queries]);
  return (
    <Load query={job} lines={4}>
      {({ pages }) => (
        <Progress
          pages={pages}
          {...(job.hasNextPage && { onMore: () => void job.fetchNextPage() })}
          isBusy={job.isFetchingNextPage}
        />
      )}
    </Load>
  );
}

interface Props {
  pages: readonly BulkReport[];
  onMore?: () => void;
  isBusy: boolean;
}

function Progress({ pages, onMore, isBusy }: Props) {
  const t = useWords(bulkWords);
  const g = useWords(general);
  const { language } = usePreferences();
  const [job] = pages;
  if (job === undefined) return null;
  const rows = pages.flatMap((page) => page.rows);
  const text = t('progress', { done: formatNumber(job.done, language), total: formatNumber(job.total, language) });
  return (
    <section className="stack tight">
      <h2>{t('job')}</h2>
      <div className="row" role="status">
        <progress max={job.total} value={job.done} aria-label={t('job')} />
        {text}
        {job.isDryRun ? <span className="badge">{t('dry')}</span> : null}
        {isOver(job) ? <span className="badge good">{t('finished')}</span> : null}
      </div>
      {rows.some(({ key }) => key !== null) ? <p className="note-box warn">{t('keysNote')}</p> : null}
      <Report rows={rows} />
      <div className="row">
        {onMore === undefined ? null : (
          <button type="button" className="button" disabled={isBusy} onClick={onMore}>
            {g('more')}
          </button>
        )}
        <button
          type="button"
          className="button"
          onClick={() => saveFile(`people-${job.id}.csv`, 'text/csv', toReportCsv(rows))}
        >
          {t('saveReport')}
        </button>
        <span className="soft">{t('reportNote')}</span>
      </div>
    </section>
  );
}

function toReportCsv(rows: readonly Row[]): string {
  const head = ['row', 'email', 'team', 'result', 'message', 'key'];
  const cells = rows.map(({ number, email, team, result, message, key }) => [
    ...[String(number), email ?? '', team ?? '', result ?? '', message ?? '', key ?? ''],
  ]);
  return toCsv([head, ...cells]);
}

function Report({ rows }: { rows: readonly Row[] }) {
  const t = useWords(bulkWords);
  const hasKeys = rows.some(({ key }) => key !== null);
  const columns: Column<Row>[] = [
    { key: 'row', name: t('row'), isEnd: true, cell: ({ number }) => number },
    { key: 'who', name: t('who'), isHeader: true, cell: ({ email, team }) => email ?? team ?? '–' },
    {
      key: 'result',
      name: t('result'),
      cell: ({ result }) => (
        <span className={`badge ${result === null ? '' : tones[result]}`}>{t(result ?? 'open')}</span>
      ),
    },
    { key: 'message', name: t('message'), cell: ({ message }) => message ?? '–' },
    ...(hasKeys ? [{ key: 'key', name: t('key'), cell: ({ key }: Row) => <code>{key ?? '–'}</code> }] : []),
  ];
  return <DataTable label={t('report')} columns={columns} rows={rows} idOf={({ number }) => String(number)} />;
}
