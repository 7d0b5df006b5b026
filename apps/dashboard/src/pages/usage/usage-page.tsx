import type { DashboardAnswer } from '@aggregator/contracts';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { can } from '../../api/permissions.ts';
import { useProfile } from '../../api/queries.ts';
import { useTagKeys } from '../../api/tags.ts';
import { type Grouping, type Period, rangeOf, type UsageOnly, usageQuery } from '../../api/usage.ts';
import { Choice } from '../../components/field.tsx';
import { Load } from '../../components/load.tsx';
import { Empty, Page } from '../../components/page.tsx';
import { PeriodPicker } from '../../components/period-picker.tsx';
import { saveFile } from '../../components/save-file.ts';
import { useWords } from '../../i18n/preferences.tsx';
import type { RequestFilter } from '../requests/request-filter.ts';
import { filterOf, groupings, hasMinutes, type Narrowed, nextGrouping, useGroupNames } from './groups.ts';
import { toRequestFilter } from './to-request-filter.ts';
import { toUsageCsv } from './usage-csv.ts';
import { UsageTable } from './usage-table.tsx';
import { usageWords } from './usage-words.ts';

export function UsagePage() {
  const t = useWords(usageWords);
  const [period, setPeriod] = useState<Period>('7d');
  const [chosen, setGroupBy] = useState<Grouping>('model');
  const [narrowed, setNarrowed] = useState<readonly Narrowed[]>([]);
  const range = useMemo(() => rangeOf(period, Date.now()), [period]);
  const tagKeys = useTagKeys();
  const [chosenTag, setTagKey] = useState('');
  const mayMinute = hasMinutes(period, narrowed);
  const groupBy = chosen === 'minute' && !mayMinute ? 'hour' : chosen;
  // A query names one tag.
  const mayTag = tagKeys.length > 0 && !narrowed.some(({ by }) => by === 'tag');
  const tagKey = tagKeys.includes(chosenTag) ? chosenTag : tagKeys[0];
  const isByTag = groupBy === 'tag' && tagKey !== undefined;
  const only: UsageOnly = Object.assign(isByTag ? { tagKey } : {}, ...narrowed.map((step) => filterOf(step)));
  const usage = useQuery(usageQuery(range, groupBy, only));
  const stepTo = (group: string, name?: string): Narrowed => ({
    ...{ by: groupBy, group, name, ...(isByTag && { tagKey }) },
  });
  const nameOf = useGroupNames();
  const save = (answer: DashboardAnswer) => saveFile(`usage-by-${groupBy}.csv`, 'text/csv', toUsageCsv(answer));
  const narrow = ({ group, name }: DashboardAnswer['series'][number]) => {
    const all = [...narrowed, stepTo(group, name)];
    setNarrowed(all);
    setGroupBy(nextGrouping(all.map(({ by }) => by)));
  };
  return (
    <Page title={t('title')} intro={t('intro')} actions={<PeriodPicker value={period} onChange={setPeriod} />}>
      <div className="row spread bottom">
        <GroupFields
          groupBy={groupBy}
          onGroupBy={setGroupBy}
          tagKey={isByTag ? tagKey : undefined}
          tagKeys={mayTag ? tagKeys : []}
          mayMinute={mayMinute}
          onTagKey={setTagKey}
        />
        <RequestsLink filter={toRequestFilter(only, range)} />
        <button
          type="button"
          className="button"
          disabled={usage.data === undefined}
          onClick={() => usage.data !== undefined && save(usage.data)}
        >
          {t('csv')}
        </button>
      </div>
      <NarrowedTo narrowed={narrowed} nameOf={nameOf} onDrop={() => setNarrowed([])} />
      <Load query={usage} lines={8}>
        {(answer) =>
          answer.series.length === 0 ? (
            <Empty title={t('none')}>
              <p>{t('noneText')}</p>
            </Empty>
          ) : (
            <UsageTable
              answer={answer}
              nameOf={nameOf}
              canNarrow={(group) => filterOf(stepTo(group)) !== null}
              onNarrow={narrow}
            />
          )
        }
      </Load>
    </Page>
  );
}

/** Leads to the requests behind the sums, for those who may read them. */
function RequestsLink({ filter }: { filter: RequestFilter }) {
  const t = useWords(usageWords);
  if (!can(useProfile(), 'billing.read')) return null;
  return (
    <Link className="button" to="/requests" search={filter}>
      {t('showRequests')}
    </Link>
  );
}

interface NarrowedProps {
  narrowed: readonly Narrowed[];
  nameOf: ReturnType<typeof useGroupNames>;
  onDrop: () => void;
}

function NarrowedTo({ narrowed, nameOf, onDrop }: NarrowedProps) {
  const t = useWords(usageWords);
  if (narrowed.length === 0) return null;
  return (
    <div className="row" role="status">
      {narrowed.map((step) => (
        <span key={step.by} className="badge">
          {t('only', { what: t(step.by), name: nameOf(step.by, step) })}
        </span>
      ))}
      <button type="button" className="button small" onClick={onDrop}>
        {t('drop')}
      </button>
    </div>
  );
}

interface GroupProps {
  groupBy: Grouping;
  onGroupBy: (by: Grouping) => void;
  /** Undefined if usage is not grouped by a tag. */
  tagKey: string | undefined;
  tagKeys: readonly string[];
  mayMinute: boolean;
  onTagKey: (key: string) => void;
}

function GroupFields({ groupBy, onGroupBy, tagKey, tagKeys, mayMinute, onTagKey }: GroupProps) {
  const t = useWords(usageWords);
  return (
    <div className="row bottom">
      <Choice label={t('groupBy')} value={groupBy} onChange={(event) => onGroupBy(event.target.value as Grouping)}>
        {groupings
          .filter((name) => (name !== 'tag' || tagKeys.length > 0) && (name !== 'minute' || mayMinute))
          .map((name) => (
            <option key={name} value={name}>
              {t(name)}
            </option>
          ))}
      </Choice>
      {tagKey === undefined ? null : (
        <Choice label={t('tag')} value={tagKey} onChange={(event) => onTagKey(event.target.value)}>
          {tagKeys.map((key) => (
            <option key={key}>{key}</option>
          ))}
        </Choice>
      )}
    </div>
  );
}
