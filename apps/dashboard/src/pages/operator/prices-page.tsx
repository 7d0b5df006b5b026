import type { PriceRow } from '@aggregator/contracts';
import { useState } from 'react';
import { call } from '../../api/call.ts';
import { listQuery } from '../../api/lists.ts';
import { Confirm } from '../../components/confirm.tsx';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { Empty, Page } from '../../components/page.tsx';
import { PagesOf } from '../../components/pages-of.tsx';
import { useAction } from '../../components/use-action.ts';
import { formatTime } from '../../format/time.ts';
import { general } from '../../i18n/general-words.ts';
import { usePreferences, useWords } from '../../i18n/preferences.tsx';
import { AddPrice } from './add-price.tsx';
import { PriceRules } from './price-rules.tsx';
import { type SpanState, spanState, spanTones } from './price-state.ts';
import { priceWords } from './price-words.ts';

const pricesQuery = listQuery<PriceRow>('prices', '/v1/orchestrator/prices', { limit: '100' });

export function PricesPage() {
  const t = useWords(priceWords);
  const [isAdding, setAdding] = useState(false);
  const [ending, setEnding] = useState<PriceRow | null>(null);
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
        query={pricesQuery}
        empty={
          <Empty title={t('none')}>
            <p>{t('noneText')}</p>
          </Empty>
        }
      >
        {(rows) => <Prices rows={rows} onEnd={setEnding} />}
      </PagesOf>
      <PriceRules />
      {isAdding ? <AddPrice onClose={() => setAdding(false)} /> : null}
      {ending === null ? null : <EndPrice row={ending} onClose={() => setEnding(null)} />}
    </Page>
  );
}

const stateOf = (row: PriceRow): SpanState => spanState(row, Date.now());

function Prices({ rows, onEnd }: { rows: readonly PriceRow[]; onEnd: (row: PriceRow) => void }) {
  const t = useWords(priceWords);
  const g = useWords(general);
  const { language } = usePreferences();
  const rate = (name: 'input' | 'output' | 'cacheRead') => (row: PriceRow) =>
    row.price?.[name] === undefined ? '–' : `$${row.price[name]}`;
  const columns: Column<PriceRow>[] = [
    { key: 'model', name: t('model'), isHeader: true, cell: ({ provider, model }) => `${provider}/${model}` },
    { key: 'kind', name: t('kind'), cell: ({ kind }) => t(kind) },
    {
      key: 'state',
      name: t('state'),
      cell: (row) => <span className={`badge ${spanTones[stateOf(row)]}`}>{t(stateOf(row))}</span>,
    },
    { key: 'input', name: t('input'), isEnd: true, cell: rate('input') },
    { key: 'output', name: t('output'), isEnd: true, cell: rate('output') },
    { key: 'cache', name: t('cacheRead'), isEnd: true, cell: rate('cacheRead') },
    { key: 'from', name: t('from'), cell: ({ effectiveFrom }) => formatTime(effectiveFrom, language) },
    {
      key: 'to',
      name: t('to'),
      cell: ({ effectiveTo }) => (effectiveTo === null ? t('open') : formatTime(effectiveTo, language)),
    },
    { key: 'note', name: t('note'), cell: ({ note }) => note ?? '–' },
  ];
  const actions = {
    name: g('actions'),
    cell: (row: PriceRow) =>
      stateOf(row) === 'ended' || row.source !== 'api' ? null : (
        <button type="button" className="button small quiet danger" onClick={() => onEnd(row)}>
          {t('end')}
          <span className="hidden-visually"> {row.model}</span>
        </button>
      ),
  };
  return <DataTable label={t('title')} columns={columns} rows={rows} idOf={({ id }) => id} actions={actions} />;
}

function EndPrice({ row, onClose }: { row: PriceRow; onClose: () => void }) {
  const t = useWords(priceWords);
  const end = useAction(() => call('DELETE', `/v1/orchestrator/prices/${row.id}`), ['prices', 'models'], onClose);
  const work = { ...end, mutate: () => end.mutate(undefined) };
  return (
    <Confirm title={t('endTitle', { model: row.model })} action={t('end')} work={work} onClose={onClose}>
      <p>{t('endText')}</p>
    </Confirm>
  );
}
