import type { ProviderRow } from '@aggregator/contracts';
import { useState } from 'react';
import { call } from '../../api/call.ts';
import { listQuery } from '../../api/lists.ts';
import { Confirm } from '../../components/confirm.tsx';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { Empty, Page } from '../../components/page.tsx';
import { PagesOf } from '../../components/pages-of.tsx';
import { Problem } from '../../components/problem.tsx';
import { useAction } from '../../components/use-action.ts';
import { formatNumber } from '../../format/numbers.ts';
import { formatTime } from '../../format/time.ts';
import { general } from '../../i18n/general-words.ts';
import { usePreferences, useWords } from '../../i18n/preferences.tsx';
import { AddProvider } from './add-provider.tsx';
import { providerWords } from './provider-words.ts';
import { TestProvider } from './test-provider.tsx';

const providersQuery = listQuery<ProviderRow>('providers', '/v1/orchestrator/providers', { limit: '100' });

export function ProvidersPage() {
  const t = useWords(providerWords);
  const [isAdding, setAdding] = useState(false);
  const [leaving, setLeaving] = useState<ProviderRow | null>(null);
  return (
    <Page
      title={t('title')}
      intro={t('intro')}
      actions={
        <button type="button" className="button primary" onClick={() => setAdding(true)}>
          {t('add')}
        </button>
      }
    >
      <PagesOf
        query={providersQuery}
        empty={
          <Empty title={t('none')}>
            <p>{t('noneText')}</p>
          </Empty>
        }
      >
        {(rows) => <Providers rows={rows} onRemove={setLeaving} />}
      </PagesOf>
      {isAdding ? <AddProvider onClose={() => setAdding(false)} /> : null}
      {leaving === null ? null : <DeleteProvider row={leaving} onClose={() => setLeaving(null)} />}
    </Page>
  );
}

function Providers({ rows, onRemove }: { rows: readonly ProviderRow[]; onRemove: (row: ProviderRow) => void }) {
  const t = useWords(providerWords);
  const g = useWords(general);
  const { language } = usePreferences();
  const toggle = useAction(
    ({ name, enabled }: ProviderRow) =>
      call('PATCH', `/v1/orchestrator/providers/${name}`, { body: { enabled: !enabled } }),
    ['providers', 'models'],
  );
  const columns: Column<ProviderRow>[] = [
    { key: 'name', name: g('name'), isHeader: true, cell: ({ name }) => name },
    { key: 'type', name: t('type'), cell: ({ type }) => type },
    { key: 'health', name: t('health'), cell: (row) => <Health row={row} /> },
    {
      key: 'probed',
      name: t('probed'),
      cell: ({ health }) => (health.lastProbeAt === null ? '–' : formatTime(health.lastProbeAt, language)),
    },
    {
      key: 'models',
      name: t('models'),
      isEnd: true,
      cell: ({ models, unpricedModels }) => (
        <>
          {formatNumber(models, language)}{' '}
          {unpricedModels === 0 ? null : (
            <span className="badge warn">{t('unpriced', { count: formatNumber(unpricedModels, language) })}</span>
          )}
        </>
      ),
    },
    { key: 'source', name: t('source'), cell: ({ source }) => t(source) },
  ];
  const actions = {
    name: g('actions'),
    cell: (row: ProviderRow) => (
      <span className="row end">
        <TestProvider name={row.name} />
        {row.source === 'api' ? (
          <>
            <button type="button" className="button small quiet" onClick={() => toggle.mutate(row)}>
              {t(row.enabled ? 'switchOff' : 'switchOn')}
              <span className="hidden-visually"> {row.name}</span>
            </button>
            <button type="button" className="button small quiet danger" onClick={() => onRemove(row)}>
              {t('remove')}
              <span className="hidden-visually"> {row.name}</span>
            </button>
          </>
        ) : null}
      </span>
    ),
  };
  return (
    <>
      <Problem error={toggle.error} isAction />
      <DataTable label={t('title')} columns={columns} rows={rows} idOf={({ name }) => name} actions={actions} />
    </>
  );
}

const tones = { healthy: 'good', unhealthy: 'bad', unknown: '' } as const;

function Health({ row: { enabled, health } }: { row: ProviderRow }) {
  const t = useWords(providerWords);
  if (!enabled) return <span className="badge warn">{t('off')}</span>;
  return (
    <>
      <span className={`badge ${tones[health.state]}`}>{t(health.state)}</span>{' '}
      {health.reason === null ? null : <code className="soft">{health.reason}</code>}
    </>
  );
}

function DeleteProvider({ row, onClose }: { row: ProviderRow; onClose: () => void }) {
  const t = useWords(providerWords);
  const remove = useAction(
    () => call('DELETE', `/v1/orchestrator/providers/${row.name}`),
    ['providers', 'models'],
    onClose,
  );
  const work = { ...remove, mutate: () => remove.mutate(undefined) };
  return (
    <Confirm title={t('removeTitle', { name: row.name })} action={t('remove')} work={work} onClose={onClose}>
      <p>{t('removeText')}</p>
    </Confirm>
  );
}
