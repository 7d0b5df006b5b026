import type { DashboardAnswer } from '@aggregator/contracts';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useKeyNames } from '../../api/keys.ts';
import { type Grouping, type Period, rangeOf, usageQuery } from '../../api/usage.ts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { Choice } from '../../components/field.tsx';
import { Load } from '../../components/load.tsx';
import { Empty, Page } from '../../components/page.tsx';
import { PeriodPicker } from '../../components/period-picker.tsx';
import { saveFile } from '../../components/save-file.ts';
import { formatMoney } from '../../format/money.ts';
import { formatMs, formatNumber } from '../../format/numbers.ts';
import { formatDay, formatTime } from '../../format/time.ts';
import { usePreferences, useWords } from '../../i18n/preferences.tsx';
import { toUsageCsv } from './usage-csv.ts';
import { usageWords } from './usage-words.ts';

const groupings: readonly Grouping[] = ['model', 'provider', 'key', 'day', 'hour'];

export function UsagePage() {
  const t = useWords(usageWords);
  const [period, setPeriod] = useState<Period>('7d');
  const [groupBy, setGroupBy] = useState<Grouping>('model');
  const range = useMemo(() => rangeOf(period, Date.now()), [period]);
  const usage = useQuery(usageQuery(range, groupBy));
  const keyName = useKeyNames();
  const save = (answer: DashboardAnswer) =>
    saveFile(`usage-by-${groupBy}.csv`, 'text/csv', toUsageCsv(answer, keyName));
  return (
    <Page title={t('title')} intro={t('intro')} actions={<PeriodPicker value={period} onChange={setPeriod} />}>
      <div className="row spread bottom">
        <Choice label={t('groupBy')} value={groupBy} onChange={(event) => setGroupBy(event.target.value as Grouping)}>
          {groupings.map((name) => (
            <option key={name} value={name}>
              {t(name)}
            </option>
          ))}
        </Choice>
        <button
          type="button"
          className="button"
          disabled={usage.data === undefined}
          onClick={() => usage.data !== undefined && save(usage.data)}
        >
          {t('csv')}
        </button>
      </div>
      <Load query={usage} lines={8}>
        {(answer) =>
          answer.series.length === 0 ? (
            <Empty title={t('none')}>
              <p>{t('noneText')}</p>
            </Empty>
          ) : (
            <Groups answer={answer} keyName={keyName} />
          )
        }
      </Load>
    </Page>
  );
}

type Row = DashboardAnswer['series'][number];

function Groups({ answer, keyName }: { answer: DashboardAnswer; keyName: (id: string) => string }) {
  const t = useWords(usageWords);
  const { language } = usePreferences();
  const { groupBy, series, totals } = answer;
  const isTime = groupBy === 'hour' || groupBy === 'day';
  const nameOf = ({ group }: Row): string => {
    if (group === '') return t('total');
    if (groupBy === 'key') return keyName(group);
    if (!isTime) return group;
    return groupBy === 'day' ? formatDay(group, language) : formatTime(group, language);
  };
  const dearestFirst = [...series].sort((a, b) => (BigInt(a.costNanoUsd) < BigInt(b.costNanoUsd) ? 1 : -1));
  const rows: Row[] = [{ group: '', ...totals }, ...(isTime ? series.toReversed() : dearestFirst)];
  const count = (name: 'requests' | 'failedRequests' | 'inputTokens' | 'outputTokens') => (row: Row) =>
    formatNumber(row[name], language);
  const columns: Column<Row>[] = [
    { key: 'group', name: t(groupBy), isHeader: true, cell: nameOf },
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
  return <DataTable label={t('title')} columns={columns} rows={rows} idOf={({ group }) => group} />;
}
