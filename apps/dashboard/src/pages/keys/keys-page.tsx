import type { ApiKey, CreatedApiKey } from '@aggregator/contracts';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { keysQuery } from '../../api/keys.ts';
import { rangeOf, usageQuery } from '../../api/usage.ts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { Check } from '../../components/field.tsx';
import { Empty, Page } from '../../components/page.tsx';
import { PagesOf } from '../../components/pages-of.tsx';
import { formatMoney } from '../../format/money.ts';
import { formatNumber } from '../../format/numbers.ts';
import { formatDay, formatTime } from '../../format/time.ts';
import { general } from '../../i18n/general-words.ts';
import { usePreferences, useWords } from '../../i18n/preferences.tsx';
import { CreateKey } from './create-key.tsx';
import { RevokeKey, RotateKey, Secret } from './key-dialogs.tsx';
import { keyWords } from './key-words.ts';

type Opened =
  | { kind: 'create' }
  | { kind: 'secret'; created: CreatedApiKey }
  | { kind: 'rotate' | 'revoke'; row: ApiKey };

export function KeysPage() {
  const t = useWords(keyWords);
  const [opened, setOpened] = useState<Opened | null>(null);
  const [showsEnded, setShowsEnded] = useState(false);
  const close = () => setOpened(null);
  const show = (created: CreatedApiKey) => setOpened({ kind: 'secret', created });
  return (
    <Page
      title={t('title')}
      intro={t('intro')}
      actions={
        <button type="button" className="button primary" onClick={() => setOpened({ kind: 'create' })}>
          {t('create')}
        </button>
      }
    >
      <Check label={t('showEnded')} checked={showsEnded} onChange={() => setShowsEnded(!showsEnded)} />
      <PagesOf query={keysQuery} empty={<NoKeys />}>
        {(rows) => {
          const shown = showsEnded ? rows : rows.filter((row) => stateOf(row) === 'active');
          return shown.length === 0 ? <NoKeys /> : <KeysTable rows={shown} onOpen={setOpened} />;
        }}
      </PagesOf>
      {opened?.kind === 'create' ? <CreateKey onClose={close} onCreated={show} /> : null}
      {opened?.kind === 'secret' ? <Secret created={opened.created} onClose={close} /> : null}
      {opened?.kind === 'rotate' ? <RotateKey row={opened.row} onClose={close} onCreated={show} /> : null}
      {opened?.kind === 'revoke' ? <RevokeKey row={opened.row} onClose={close} /> : null}
    </Page>
  );
}

function NoKeys() {
  const t = useWords(keyWords);
  return (
    <Empty title={t('none')}>
      <p>{t('noneText')}</p>
    </Empty>
  );
}

function stateOf({ revokedAt, expiresAt }: ApiKey): 'active' | 'revoked' | 'expired' {
  if (revokedAt !== null && Date.parse(revokedAt) <= Date.now()) return 'revoked';
  return expiresAt !== null && Date.parse(expiresAt) <= Date.now() ? 'expired' : 'active';
}

function KeysTable({ rows, onOpen }: { rows: ApiKey[]; onOpen: (opened: Opened) => void }) {
  const t = useWords(keyWords);
  const g = useWords(general);
  const { language } = usePreferences();
  const range = useMemo(() => rangeOf('30d', Date.now()), []);
  const series = useQuery(usageQuery(range, 'key')).data?.series;
  const used = useMemo(() => new Map(series?.map((group) => [group.group, group])), [series]);
  const columns: Column<ApiKey>[] = [
    { key: 'name', name: g('name'), isHeader: true, cell: ({ name }) => name },
    {
      key: 'key',
      name: t('key'),
      cell: ({ prefix, last4 }) => (
        <code>
          {prefix}…{last4}
        </code>
      ),
    },
    { key: 'state', name: t('state'), cell: (row) => <State row={row} /> },
    { key: 'mayDo', name: t('mayDo'), cell: ({ scopes }) => <span className="soft">{scopes.join(', ')}</span> },
    {
      key: 'requests',
      name: t('use30'),
      isEnd: true,
      cell: ({ id }) => (series === undefined ? '…' : formatNumber(used.get(id)?.requests ?? 0, language)),
    },
    {
      key: 'cost',
      name: t('cost30'),
      isEnd: true,
      cell: ({ id }) => (series === undefined ? '…' : formatMoney(used.get(id)?.costNanoUsd ?? '0', language)),
    },
    { key: 'created', name: t('created'), cell: ({ createdAt }) => formatDay(createdAt, language) },
  ];
  const actions = {
    name: g('actions'),
    cell: (row: ApiKey) =>
      stateOf(row) === 'active' ? (
        <>
          <button type="button" className="button small quiet" onClick={() => onOpen({ kind: 'rotate', row })}>
            {t('rotate')}
            <span className="hidden-visually"> {row.name}</span>
          </button>
          <button type="button" className="button small quiet danger" onClick={() => onOpen({ kind: 'revoke', row })}>
            {t('revoke')}
            <span className="hidden-visually"> {row.name}</span>
          </button>
        </>
      ) : null,
  };
  return <DataTable label={t('title')} columns={columns} rows={rows} idOf={({ id }) => id} actions={actions} />;
}

function State({ row }: { row: ApiKey }) {
  const t = useWords(keyWords);
  const { language } = usePreferences();
  const state = stateOf(row);
  const end = row.revokedAt ?? row.expiresAt;
  if (state !== 'active') return <span className="badge bad">{t(state)}</span>;
  if (end === null) return <span className="badge good">{t('active')}</span>;
  return <span className="badge warn">{t('ending', { time: formatTime(end, language) })}</span>;
}
