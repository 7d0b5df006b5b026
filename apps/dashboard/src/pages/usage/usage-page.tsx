import type { DashboardAnswer } from '@aggregator/contracts';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { type Grouping, type Period, rangeOf, type UsageOnly, usageQuery } from '../../api/usage.ts';
import { Choice } from '../../components/field.tsx';
import { Load } from '../../components/load.tsx';
import { Empty, Page } from '../../components/page.tsx';
import { PeriodPicker } from '../../components/period-picker.tsx';
import { saveFile } from '../../components/save-file.ts';
import { useWords } from '../../i18n/preferences.tsx';
import { filterOf, groupings, nextGrouping, useGroupNames } from './groups.ts';
import { toUsageCsv } from './usage-csv.ts';
import { UsageTable } from './usage-table.tsx';
import { usageWords } from './usage-words.ts';

/** What the table is narrowed to: a group of the grouping before. */
interface Narrowed {
  readonly by: Grouping;
  readonly group: string;
}

export function UsagePage() {
  const t = useWords(usageWords);
  const [period, setPeriod] = useState<Period>('7d');
  const [groupBy, setGroupBy] = useState<Grouping>('model');
  const [narrowed, setNarrowed] = useState<readonly Narrowed[]>([]);
  const range = useMemo(() => rangeOf(period, Date.now()), [period]);
  const only: UsageOnly = Object.assign({}, ...narrowed.map(({ by, group }) => filterOf(by, group)));
  const usage = useQuery(usageQuery(range, groupBy, only));
  const nameOf = useGroupNames();
  const save = (answer: DashboardAnswer) =>
    saveFile(
      `usage-by-${groupBy}.csv`,
      'text/csv',
      toUsageCsv(answer, (group) => nameOf(groupBy, group)),
    );
  const narrow = (group: string) => {
    const all = [...narrowed, { by: groupBy, group }];
    setNarrowed(all);
    setGroupBy(nextGrouping(all.map(({ by }) => by)));
  };
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
      {narrowed.length === 0 ? null : (
        <div className="row" role="status">
          {narrowed.map(({ by, group }) => (
            <span key={by} className="badge">
              {t('only', { what: t(by), name: nameOf(by, group) })}
            </span>
          ))}
          <button type="button" className="button small" onClick={() => setNarrowed([])}>
            {t('drop')}
          </button>
        </div>
      )}
      <Load query={usage} lines={8}>
        {(answer) =>
          answer.series.length === 0 ? (
            <Empty title={t('none')}>
              <p>{t('noneText')}</p>
            </Empty>
          ) : (
            <UsageTable answer={answer} nameOf={nameOf} onNarrow={narrow} />
          )
        }
      </Load>
    </Page>
  );
}
