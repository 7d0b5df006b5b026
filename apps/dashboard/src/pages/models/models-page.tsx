import type { ModelRow } from '@aggregator/contracts';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { modelsQuery } from '../../api/queries.ts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { Choice, TextField } from '../../components/field.tsx';
import { Load } from '../../components/load.tsx';
import { Empty, Page } from '../../components/page.tsx';
import { formatPerMillion } from '../../format/money.ts';
import { formatNumber } from '../../format/numbers.ts';
import { general } from '../../i18n/general-words.ts';
import { usePreferences, useWords } from '../../i18n/preferences.tsx';
import { capabilitiesOf, filterModels, type ModelFilter, type Order, orders } from './filter-models.ts';
import { modelWords } from './model-words.ts';

const comparedMax = 2;

export function ModelsPage() {
  const t = useWords(modelWords);
  const models = useQuery(modelsQuery);
  return (
    <Page title={t('title')} intro={t('intro')}>
      <Load query={models} lines={8}>
        {({ data }) => <Models models={data} />}
      </Load>
    </Page>
  );
}

function Models({ models }: { models: readonly ModelRow[] }) {
  const t = useWords(modelWords);
  const g = useWords(general);
  const [filter, setFilter] = useState<ModelFilter>({ text: '', capability: '', order: 'byName' });
  const [compared, setCompared] = useState<readonly string[]>([]);
  const rows = filterModels(models, filter);
  const change = (part: Partial<ModelFilter>) => setFilter({ ...filter, ...part });
  const toggle = (id: string) =>
    setCompared(
      compared.includes(id) ? compared.filter((other) => other !== id) : [...compared, id].slice(-comparedMax),
    );
  return (
    <>
      <search className="columns">
        <TextField
          label={g('search')}
          type="search"
          value={filter.text}
          onChange={(event) => change({ text: event.target.value })}
        />
        <Choice
          label={t('needs')}
          value={filter.capability}
          onChange={(event) => change({ capability: event.target.value })}
        >
          <option value="">{t('anything')}</option>
          {capabilitiesOf(models).map((capability) => (
            <option key={capability}>{capability}</option>
          ))}
        </Choice>
        <Choice
          label={t('order')}
          value={filter.order}
          onChange={(event) => change({ order: event.target.value as Order })}
        >
          {orders.map((order) => (
            <option key={order} value={order}>
              {t(order)}
            </option>
          ))}
        </Choice>
      </search>
      <div className="row spread">
        <p className="soft" role="status">
          {t('found', { count: rows.length })}
        </p>
        {compared.length === comparedMax ? (
          <Link to="/playground" search={{ model: compared[0], other: compared[1] }} className="button">
            {t('compareIn')}
          </Link>
        ) : null}
      </div>
      {rows.length === 0 ? (
        <Empty title={t('none')}>
          <p>{t('noneText')}</p>
        </Empty>
      ) : (
        <ModelTable rows={rows} compared={compared} onToggle={toggle} />
      )}
    </>
  );
}

function ModelTable({
  rows,
  compared,
  onToggle,
}: {
  rows: ModelRow[];
  compared: readonly string[];
  onToggle: (id: string) => void;
}) {
  const t = useWords(modelWords);
  const g = useWords(general);
  const { language } = usePreferences();
  const price = (name: string) => (row: ModelRow) => {
    const value = row.pricing[name];
    return value === undefined ? '–' : formatPerMillion(value, language);
  };
  const columns: Column<ModelRow>[] = [
    { key: 'model', name: t('model'), isHeader: true, cell: ({ id }) => id },
    { key: 'provider', name: t('provider'), cell: ({ provider }) => provider },
    { key: 'in', name: t('priceIn'), isEnd: true, cell: price('prompt') },
    { key: 'out', name: t('priceOut'), isEnd: true, cell: price('completion') },
    { key: 'cache', name: t('priceCache'), isEnd: true, cell: price('input_cache_read') },
    { key: 'context', name: t('context'), isEnd: true, cell: (row) => formatNumber(row.context_length, language) },
    {
      key: 'output',
      name: t('output'),
      isEnd: true,
      cell: (row) => (row.max_output_tokens === null ? '–' : formatNumber(row.max_output_tokens, language)),
    },
    { key: 'can', name: t('can'), cell: ({ capabilities }) => <Badges words={capabilities} /> },
  ];
  const actions = {
    name: g('actions'),
    cell: ({ id, pricing }: ModelRow) => (
      <span className="row end together">
        <label className="check">
          <input type="checkbox" checked={compared.includes(id)} onChange={() => onToggle(id)} />
          <span>
            {t('compare')}
            <span className="hidden-visually"> {id}</span>
          </span>
        </label>
        {pricing.completion === undefined ? null : (
          <Link to="/playground" search={{ model: id }} className="button small">
            {t('tryIt')}
            <span className="hidden-visually"> {id}</span>
          </Link>
        )}
      </span>
    ),
  };
  return <DataTable label={t('title')} columns={columns} rows={rows} idOf={({ id }) => id} actions={actions} />;
}

function Badges({ words }: { words: readonly string[] }) {
  return (
    <span className="row">
      {words.map((word) => (
        <span key={word} className="badge">
          {word}
        </span>
      ))}
    </span>
  );
}
