import type { Silence, SilenceList } from '@aggregator/contracts';
import { useQuery } from '@tanstack/react-query';
import { call, get } from '../../api/call.ts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { Load } from '../../components/load.tsx';
import { Problem } from '../../components/problem.tsx';
import { useAction } from '../../components/use-action.ts';
import { formatTime } from '../../format/time.ts';
import { general } from '../../i18n/general-words.ts';
import { usePreferences, useWords } from '../../i18n/preferences.tsx';
import { alertWords } from './alert-words.ts';

export function Silences() {
  const t = useWords(alertWords);
  const silences = useQuery({
    queryKey: ['silences'],
    queryFn: ({ signal }) => get<SilenceList>('/v1/analytics/silences', {}, signal),
  });
  return (
    <section className="stack tight">
      <h2>{t('silences')}</h2>
      <p className="soft">{t('silencesText')}</p>
      <Load query={silences} lines={2}>
        {({ data }) => (data.length === 0 ? <p className="soft">{t('noSilences')}</p> : <Rows rows={data} />)}
      </Load>
    </section>
  );
}

function Rows({ rows }: { rows: readonly Silence[] }) {
  const t = useWords(alertWords);
  const g = useWords(general);
  const { language } = usePreferences();
  const end = useAction((id: string) => call('DELETE', `/v1/analytics/silences/${id}`), ['alerts', 'silences']);
  const columns: Column<Silence>[] = [
    { key: 'rule', name: t('rule'), isHeader: true, cell: ({ rule }) => <code>{rule ?? '*'}</code> },
    {
      key: 'labels',
      name: t('labels'),
      cell: ({ labels }) =>
        Object.entries(labels)
          .map(([label, value]) => `${label}=${value}`)
          .join(', ') || '–',
    },
    { key: 'until', name: t('until'), cell: ({ until }) => formatTime(until, language) },
  ];
  const actions = {
    name: g('actions'),
    cell: ({ id }: Silence) => (
      <button type="button" className="button small" onClick={() => end.mutate(id)}>
        {t('end')}
      </button>
    ),
  };
  return (
    <>
      <Problem error={end.error} isAction />
      <DataTable label={t('silences')} columns={columns} rows={rows} idOf={({ id }) => id} actions={actions} />
    </>
  );
}
