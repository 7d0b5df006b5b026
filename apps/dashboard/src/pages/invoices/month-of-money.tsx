import type { MonthStatement, StatementBy } from '@aggregator/contracts';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { get } from '../../api/call.ts';
import { download } from '../../api/download.ts';
import { useTagKeys } from '../../api/tags.ts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { Choice, TextField } from '../../components/field.tsx';
import { Load } from '../../components/load.tsx';
import { Problem } from '../../components/problem.tsx';
import { useAction } from '../../components/use-action.ts';
import { formatCents, formatMoney } from '../../format/money.ts';
import { formatNumber } from '../../format/numbers.ts';
import { usePreferences, useWords } from '../../i18n/preferences.tsx';
import { invoiceWords } from './invoice-words.ts';

const subjects: readonly Exclude<StatementBy, 'tag'>[] = ['model', 'user', 'key', 'team', 'organization'];
/** In the choice, a tag is its key behind this. */
const tagMark = 'tag ';

/** What one month cost, also while it is not over. */
export function MonthOfMoney() {
  const t = useWords(invoiceWords);
  const [period, setPeriod] = useState(() => new Date().toISOString().slice(0, 7));
  const [choice, setChoice] = useState('model');
  const tagKeys = useTagKeys();
  const tag = choice.startsWith(tagMark) ? choice.slice(tagMark.length) : undefined;
  const by = tag === undefined ? choice : 'tag';
  const path = `/v1/billing/statements/${period}`;
  const statement = useQuery({
    queryKey: ['month', period, by, tag],
    queryFn: ({ signal }) => get<MonthStatement>(path, { by, tag }, signal),
    placeholderData: keepPreviousData,
  });
  const save = useAction(() => download(`statement-${period}-by-${tag ?? by}.csv`, path, { by, tag, format: 'csv' }));
  return (
    <section className="stack tight">
      <h2>{t('month')}</h2>
      <p className="soft">{t('monthText')}</p>
      <div className="row bottom">
        <TextField
          label={t('period')}
          type="month"
          min="2020-01"
          max="2099-12"
          value={period}
          required
          onChange={(event) => event.target.value !== '' && setPeriod(event.target.value)}
        />
        <Choice label={t('by')} value={choice} onChange={(event) => setChoice(event.target.value)}>
          {subjects.map((name) => (
            <option key={name} value={name}>
              {t(name)}
            </option>
          ))}
          {tagKeys.map((key) => (
            <option key={key} value={`${tagMark}${key}`}>
              {t('tag', { key })}
            </option>
          ))}
        </Choice>
        <button type="button" className="button" disabled={save.isPending} onClick={() => save.mutate(undefined)}>
          {t('csv')}
        </button>
      </div>
      <Problem error={save.error} isAction />
      <Load query={statement}>{(data) => <Statement statement={data} />}</Load>
    </section>
  );
}

type Line = MonthStatement['lines'][number];

function Statement({ statement: { lines, isClosed, totalNanoUsd, totalCents } }: { statement: MonthStatement }) {
  const t = useWords(invoiceWords);
  const { language } = usePreferences();
  if (lines.length === 0) return <p className="soft">{t('noLines')}</p>;
  const requests = lines.reduce((sum, line) => sum + line.requests, 0);
  const total: Line = {
    ...{ subjectId: null, description: t('total'), requests, amountNanoUsd: totalNanoUsd, amountCents: totalCents },
  };
  const columns: Column<Line>[] = [
    {
      key: 'description',
      name: t('description'),
      isHeader: true,
      cell: (line) => (
        <>
          {line.name ?? line.description}{' '}
          {line === total ? <span className="badge">{t(isClosed ? 'isClosed' : 'isOpen')}</span> : null}
        </>
      ),
    },
    {
      key: 'requests',
      name: t('requests'),
      isEnd: true,
      cell: (line) => formatNumber(line.requests, language),
    },
    {
      key: 'exact',
      name: t('exact'),
      isEnd: true,
      cell: ({ amountNanoUsd }) => formatMoney(amountNanoUsd, language),
    },
    { key: 'cents', name: t('cents'), isEnd: true, cell: ({ amountCents }) => formatCents(amountCents, language) },
  ];
  const idOf = (line: Line) => (line === total ? 'total' : `${line.subjectId} ${line.description}`);
  return <DataTable label={t('month')} columns={columns} rows={[total, ...lines]} idOf={idOf} />;
}
