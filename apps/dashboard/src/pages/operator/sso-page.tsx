import type { SsoProvider } from '@aggregator/contracts';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { call, get } from '../../api/call.ts';
import { CodeBlock } from '../../components/code-block.tsx';
import { Confirm } from '../../components/confirm.tsx';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { Load } from '../../components/load.tsx';
import { Empty, Page } from '../../components/page.tsx';
import { RowButton } from '../../components/row-button.tsx';
import { useAction } from '../../components/use-action.ts';
import { formatNumber } from '../../format/numbers.ts';
import { general } from '../../i18n/general-words.ts';
import { usePreferences, useWords } from '../../i18n/preferences.tsx';
import { EditSso } from './edit-sso.tsx';
import { ssoWords } from './sso-words.ts';

const path = '/v1/auth/sso-providers';

type Opened = { kind: 'edit'; row: SsoProvider | null } | { kind: 'saved' | 'remove'; row: SsoProvider };

export function SsoPage() {
  const t = useWords(ssoWords);
  const [opened, setOpened] = useState<Opened | null>(null);
  const close = () => setOpened(null);
  const providers = useQuery({
    queryKey: ['sso-providers'],
    queryFn: ({ signal }) => get<{ data: SsoProvider[] }>(path, {}, signal),
  });
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
      {opened?.kind === 'saved' ? (
        <section className="stack tight" role="status">
          <p>{t('redirect')}</p>
          <CodeBlock text={opened.row.redirectUri} label={t('redirect')} />
        </section>
      ) : null}
      <Load query={providers} lines={4}>
        {({ data }) =>
          data.length === 0 ? (
            <Empty title={t('none')}>
              <p>{t('noneText')}</p>
            </Empty>
          ) : (
            <Providers rows={data} onOpen={setOpened} />
          )
        }
      </Load>
      {opened?.kind === 'edit' ? (
        <EditSso known={opened.row} onClose={close} onSaved={(row) => setOpened({ kind: 'saved', row })} />
      ) : null}
      {opened?.kind === 'remove' ? <DeleteSso row={opened.row} onClose={close} /> : null}
    </Page>
  );
}

const options = ['createsUsers', 'isEnforced', 'isListed', 'isEmailTrusted', 'isForOperators'] as const;

function Providers({ rows, onOpen }: { rows: readonly SsoProvider[]; onOpen: (opened: Opened) => void }) {
  const t = useWords(ssoWords);
  const g = useWords(general);
  const { language } = usePreferences();
  const columns: Column<SsoProvider>[] = [
    {
      key: 'name',
      name: g('name'),
      isHeader: true,
      cell: ({ name, label }) => (
        <>
          {label} <code className="soft">{name}</code>
        </>
      ),
    },
    { key: 'domains', name: t('domains'), cell: ({ domains }) => domains.join(', ') },
    { key: 'issuer', name: t('issuer'), cell: ({ issuer }) => <code className="soft">{issuer}</code> },
    {
      key: 'rules',
      name: t('rules'),
      isEnd: true,
      cell: ({ mapping }) => formatNumber(mapping.rules.length, language),
    },
    {
      key: 'options',
      name: t('options'),
      cell: (row) => (
        <ul>
          {options
            .filter((name) => row[name])
            .map((name) => (
              <li key={name}>{t(name)}</li>
            ))}
        </ul>
      ),
    },
  ];
  const actions = {
    name: g('actions'),
    cell: (row: SsoProvider) => (
      <>
        <RowButton word={t('edit')} of={row.name} onClick={() => onOpen({ kind: 'edit', row })} />
        <RowButton word={t('remove')} of={row.name} isDanger onClick={() => onOpen({ kind: 'remove', row })} />
      </>
    ),
  };
  return <DataTable label={t('title')} columns={columns} rows={rows} idOf={({ name }) => name} actions={actions} />;
}

function DeleteSso({ row, onClose }: { row: SsoProvider; onClose: () => void }) {
  const t = useWords(ssoWords);
  const remove = useAction(() => call('DELETE', `${path}/${row.name}`), ['sso-providers'], onClose);
  const work = { ...remove, mutate: () => remove.mutate(undefined) };
  return (
    <Confirm title={t('removeTitle', { name: row.name })} action={t('remove')} work={work} onClose={onClose}>
      <p>{t('removeText')}</p>
    </Confirm>
  );
}
