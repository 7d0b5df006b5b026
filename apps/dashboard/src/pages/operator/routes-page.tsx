import type { RouteRow } from '@aggregator/contracts';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { call } from '../../api/call.ts';
import { listQuery } from '../../api/lists.ts';
import { Confirm } from '../../components/confirm.tsx';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { Empty, Page } from '../../components/page.tsx';
import { PagesOf } from '../../components/pages-of.tsx';
import { useAction } from '../../components/use-action.ts';
import { general } from '../../i18n/general-words.ts';
import { useWords } from '../../i18n/preferences.tsx';
import { EditRoute } from './edit-route.tsx';
import { routeWords } from './route-words.ts';

const routesQuery = listQuery<RouteRow>('routes', '/v1/orchestrator/routes', { limit: '100' });

type Opened = { kind: 'edit'; row: RouteRow | null } | { kind: 'remove'; row: RouteRow };

export function RoutesPage() {
  const t = useWords(routeWords);
  const [opened, setOpened] = useState<Opened | null>(null);
  const close = () => setOpened(null);
  return (
    <Page
      title={t('title')}
      intro={t('intro')}
      actions={
        <button type="button" className="button primary" onClick={() => setOpened({ kind: 'edit', row: null })}>
          {t('add')}
        </button>
      }
    >
      <PagesOf
        query={routesQuery}
        empty={
          <Empty title={t('none')}>
            <p>{t('noneText')}</p>
          </Empty>
        }
      >
        {(rows) => <Routes rows={rows} onOpen={setOpened} />}
      </PagesOf>
      {opened?.kind === 'edit' ? <EditRoute row={opened.row} onClose={close} /> : null}
      {opened?.kind === 'remove' ? <DeleteRoute row={opened.row} onClose={close} /> : null}
    </Page>
  );
}

function Routes({ rows, onOpen }: { rows: readonly RouteRow[]; onOpen: (opened: Opened) => void }) {
  const t = useWords(routeWords);
  const g = useWords(general);
  const columns: Column<RouteRow>[] = [
    { key: 'name', name: g('name'), isHeader: true, cell: ({ name }) => name },
    { key: 'strategy', name: t('strategy'), cell: ({ strategy }) => t(strategy) },
    {
      key: 'candidates',
      name: t('candidates'),
      cell: ({ candidates }) => (
        <ol className="plain">
          {candidates.map(({ provider, model, priority, weight }) => (
            <li key={`${provider}/${model}`}>
              {provider}/{model}{' '}
              <span className="soft">
                {t('priority')} {priority}, {t('weight')} {weight}
              </span>
            </li>
          ))}
        </ol>
      ),
    },
    { key: 'source', name: t('source'), cell: ({ source }) => source },
  ];
  const actions = {
    name: g('actions'),
    cell: (row: RouteRow) => (
      <span className="row end">
        <Link to="/playground" search={{ model: row.name }} className="button small quiet">
          {t('test')}
          <span className="hidden-visually"> {row.name}</span>
        </Link>
        {row.source === 'api' ? (
          <>
            <button type="button" className="button small quiet" onClick={() => onOpen({ kind: 'edit', row })}>
              {t('edit')}
              <span className="hidden-visually"> {row.name}</span>
            </button>
            <button type="button" className="button small quiet danger" onClick={() => onOpen({ kind: 'remove', row })}>
              {t('remove')}
              <span className="hidden-visually"> {row.name}</span>
            </button>
          </>
        ) : null}
      </span>
    ),
  };
  return <DataTable label={t('title')} columns={columns} rows={rows} idOf={({ name }) => name} actions={actions} />;
}

function DeleteRoute({ row, onClose }: { row: RouteRow; onClose: () => void }) {
  const t = useWords(routeWords);
  const remove = useAction(() => call('DELETE', `/v1/orchestrator/routes/${row.name}`), ['routes', 'models'], onClose);
  const work = { ...remove, mutate: () => remove.mutate(undefined) };
  return (
    <Confirm title={t('removeTitle', { name: row.name })} action={t('remove')} work={work} onClose={onClose}>
      <p>{t('removeText')}</p>
    </Confirm>
  );
}
