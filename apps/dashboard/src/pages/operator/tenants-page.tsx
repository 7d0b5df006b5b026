import type { Tenant } from '@aggregator/contracts';
import { useState } from 'react';
import { call } from '../../api/call.ts';
import { listQuery } from '../../api/lists.ts';
import { Confirm } from '../../components/confirm.tsx';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { readForm } from '../../components/door.tsx';
import { TextField } from '../../components/field.tsx';
import { Empty, Page } from '../../components/page.tsx';
import { PagesOf } from '../../components/pages-of.tsx';
import { Problem } from '../../components/problem.tsx';
import { useAction } from '../../components/use-action.ts';
import { formatNumber } from '../../format/numbers.ts';
import { formatDay } from '../../format/time.ts';
import { general } from '../../i18n/general-words.ts';
import { usePreferences, useWords } from '../../i18n/preferences.tsx';
import { TenantMoney } from './tenant-money.tsx';
import { tenantWords } from './tenant-words.ts';

type Opened = { kind: 'money' | 'block'; row: Tenant };

export function TenantsPage() {
  const t = useWords(tenantWords);
  const [name, setName] = useState('');
  const [opened, setOpened] = useState<Opened | null>(null);
  const close = () => setOpened(null);
  const query = listQuery<Tenant>('tenants', '/v1/auth/organizations', name === '' ? {} : { name });
  return (
    <Page title={t('title')} intro={t('intro')}>
      <form className="row bottom" onSubmit={(event) => setName((readForm(event).name ?? '').trim())}>
        <div className="grow">
          <TextField label={t('find')} name="name" type="search" maxLength={100} />
        </div>
        <button type="submit" className="button">
          {t('show')}
        </button>
      </form>
      <PagesOf query={query} empty={<Empty title={t('none')} />}>
        {(rows) => <Tenants rows={rows} onOpen={setOpened} />}
      </PagesOf>
      {opened?.kind === 'money' ? <TenantMoney row={opened.row} onClose={close} /> : null}
      {opened?.kind === 'block' ? <BlockTenant row={opened.row} onClose={close} /> : null}
    </Page>
  );
}

function Tenants({ rows, onOpen }: { rows: readonly Tenant[]; onOpen: (opened: Opened) => void }) {
  const t = useWords(tenantWords);
  const g = useWords(general);
  const { language } = usePreferences();
  const unblock = useAction((id: string) => call('DELETE', `/v1/auth/blocks/organizations/${id}`), ['tenants']);
  const columns: Column<Tenant>[] = [
    { key: 'name', name: g('name'), isHeader: true, cell: ({ name }) => name },
    { key: 'id', name: t('id'), cell: ({ id }) => <code className="soft">{id}</code> },
    {
      key: 'state',
      name: t('state'),
      cell: ({ blockedAt }) => (
        <span className={blockedAt === null ? 'badge good' : 'badge bad'}>
          {t(blockedAt === null ? 'active' : 'blocked')}
        </span>
      ),
    },
    {
      key: 'limits',
      name: t('limits'),
      isEnd: true,
      cell: ({ limits }) =>
        limits.requestsPerMinute === null ? g('none') : formatNumber(limits.requestsPerMinute, language),
    },
    { key: 'created', name: t('created'), cell: ({ createdAt }) => formatDay(createdAt, language) },
  ];
  const actions = {
    name: g('actions'),
    cell: (row: Tenant) => (
      <span className="row end together">
        <button type="button" className="button small quiet" onClick={() => onOpen({ kind: 'money', row })}>
          {t('money')}
          <span className="hidden-visually"> {row.name}</span>
        </button>
        {row.blockedAt === null ? (
          <button type="button" className="button small quiet danger" onClick={() => onOpen({ kind: 'block', row })}>
            {t('block')}
            <span className="hidden-visually"> {row.name}</span>
          </button>
        ) : (
          <button type="button" className="button small quiet" onClick={() => unblock.mutate(row.id)}>
            {t('unblock')}
            <span className="hidden-visually"> {row.name}</span>
          </button>
        )}
      </span>
    ),
  };
  return (
    <>
      <Problem error={unblock.error} isAction />
      <DataTable label={t('title')} columns={columns} rows={rows} idOf={({ id }) => id} actions={actions} />
    </>
  );
}

function BlockTenant({ row, onClose }: { row: Tenant; onClose: () => void }) {
  const t = useWords(tenantWords);
  const block = useAction(() => call('PUT', `/v1/auth/blocks/organizations/${row.id}`), ['tenants'], onClose);
  const work = { ...block, mutate: () => block.mutate(undefined) };
  return (
    <Confirm title={t('blockTitle', { name: row.name })} action={t('block')} work={work} onClose={onClose}>
      <p>{t('blockText')}</p>
    </Confirm>
  );
}
