import type { DashboardAnswer } from '@aggregator/contracts';
import type { Grouping } from '../../api/usage.ts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { formatMoney } from '../../format/money.ts';
import { formatMs, formatNumber } from '../../format/numbers.ts';
import { usePreferences, useWords } from '../../i18n/preferences.tsx';
import { usageWords } from './usage-words.ts';

type Row = DashboardAnswer['series'][number];

/** The sums of each group, with the total first. A group can be looked into. */
export function UsageTable({
  answer,
  nameOf,
  canNarrow,
  onNarrow,
}: {
  answer: DashboardAnswer;
  nameOf: (by: Grouping, row: Row) => string;
  canNarrow: (group: string) => boolean;
  onNarrow: (row: Row) => void;
}) {
  const t = useWords(usageWords);
  const { language } = usePreferences();
  const { groupBy, series, totals } = answer;
  const isTime = groupBy === 'hour' || groupBy === 'day';
  const dearestFirst = [...series].sort((a, b) => (BigInt(a.costNanoUsd) < BigInt(b.costNanoUsd) ? 1 : -1));
  const total: Row = { group: '', ...totals };
  const rows: Row[] = [total, ...(isTime ? series.toReversed() : dearestFirst)];
  const count = (name: 'requests' | 'failedRequests' | 'inputTokens' | 'outputTokens') => (row: Row) =>
    formatNumber(row[name], language);
  const name = (row: Row) => {
    if (row === total) return t('total');
    const text = nameOf(groupBy, row);
    if (!canNarrow(row.group)) return text;
    return (
      <button type="button" className="link" title={t('narrow', { name: text })} onClick={() => onNarrow(row)}>
        {text}
      </button>
    );
  };
  const columns: Column<Row>[] = [
    { key: 'group', name: t(groupBy), isHeader: true, cell: name },
    { key: 'requests', name: t('requests'), isEnd: true, cell: count('requests') },
    { key: 'failed', name: t('failed'), isEnd: true, cell: count('failedRequests') },
    { key: 'input', name: t('input'), isEnd: true, cell: count('inputTokens') },
    { key: 'output', name: t('output'), isEnd: true, cell: count('outputTokens') },
    {
      key: 'latency',
      name: t('latency'),
      isEnd: true,
      cell: ({ latencyMsMean }) => (latencyMsMean === null ? '–' : formatMs(latencyMsMean, language)),
    },
    { key: 'cost', name: t('cost'), isEnd: true, cell: ({ costNanoUsd }) => formatMoney(costNanoUsd, language) },
  ];
  return (
    <DataTable
      label={t('title')}
      columns={columns}
      rows={rows}
      idOf={(row) => (row === total ? 'total' : `of ${row.group}`)}
    />
  );
}
