import type { CreatedScimToken, ScimToken } from '@aggregator/contracts';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { call, get } from '../../api/call.ts';
import { useProfile } from '../../api/queries.ts';
import { CodeBlock } from '../../components/code-block.tsx';
import { Confirm } from '../../components/confirm.tsx';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { Choice, TextField } from '../../components/field.tsx';
import { FormDialog } from '../../components/form-dialog.tsx';
import { Load } from '../../components/load.tsx';
import { Empty, Page } from '../../components/page.tsx';
import { RowButton } from '../../components/row-button.tsx';
import { SecretDialog } from '../../components/secret-dialog.tsx';
import { useAction } from '../../components/use-action.ts';
import { formatDay } from '../../format/time.ts';
import { general } from '../../i18n/general-words.ts';
import { usePreferences, useWords } from '../../i18n/preferences.tsx';
import { membersQuery, rolesFor, useRows } from '../team/members.ts';
import { roleWords } from '../team/role-words.ts';
import { accessWords } from './access-words.ts';

const path = '/v1/auth/organization/scim-tokens';

type Opened = { kind: 'create' } | { kind: 'secret'; created: CreatedScimToken } | { kind: 'remove'; row: ScimToken };

export function ScimPage() {
  const t = useWords(accessWords);
  const [opened, setOpened] = useState<Opened | null>(null);
  const close = () => setOpened(null);
  const tokens = useQuery({
    queryKey: ['scim-tokens'],
    queryFn: ({ signal }) => get<{ data: ScimToken[] }>(path, {}, signal),
  });
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
      <Load query={tokens} lines={4}>
        {({ data }) =>
          data.length === 0 ? (
            <Empty title={t('none')}>
              <p>{t('noneText')}</p>
            </Empty>
          ) : (
            <Tokens rows={data} onRemove={(row) => setOpened({ kind: 'remove', row })} />
          )
        }
      </Load>
      {opened?.kind === 'create' ? (
        <NewToken onClose={close} onCreated={(created) => setOpened({ kind: 'secret', created })} />
      ) : null}
      {opened?.kind === 'secret' ? (
        <SecretDialog title={t('secretTitle')} text={t('secretText')} secret={opened.created.token} onClose={close}>
          <p>{t('baseUrl')}</p>
          <CodeBlock text={opened.created.baseUrl} label={t('baseUrl')} />
        </SecretDialog>
      ) : null}
      {opened?.kind === 'remove' ? <RevokeToken row={opened.row} onClose={close} /> : null}
    </Page>
  );
}

function Tokens({ rows, onRemove }: { rows: readonly ScimToken[]; onRemove: (row: ScimToken) => void }) {
  const t = useWords(accessWords);
  const g = useWords(general);
  const word = useWords(roleWords);
  const { language } = usePreferences();
  const members = useRows(membersQuery);
  const nameOf = (id: string) => members.find(({ userId }) => userId === id)?.name ?? id;
  const columns: Column<ScimToken>[] = [
    { key: 'name', name: g('name'), isHeader: true, cell: ({ name }) => name },
    { key: 'token', name: t('token'), cell: ({ last4 }) => <code>…{last4}</code> },
    { key: 'role', name: t('role'), cell: ({ role }) => word(role) },
    {
      key: 'keys',
      name: t('handKeysTo'),
      cell: ({ handKeysTo }) => (handKeysTo === null ? t('revoke') : t('hand', { name: nameOf(handKeysTo) })),
    },
    { key: 'since', name: t('since'), cell: ({ createdAt }) => formatDay(createdAt, language) },
  ];
  const actions = {
    name: g('actions'),
    cell: (row: ScimToken) => <RowButton word={t('remove')} of={row.name} isDanger onClick={() => onRemove(row)} />,
  };
  return <DataTable label={t('title')} columns={columns} rows={rows} idOf={({ id }) => id} actions={actions} />;
}

function NewToken({ onClose, onCreated }: { onClose: () => void; onCreated: (created: CreatedScimToken) => void }) {
  const t = useWords(accessWords);
  const g = useWords(general);
  const word = useWords(roleWords);
  const members = useRows(membersQuery);
  const user = useProfile();
  const create = useAction(
    ({ handKeysTo, ...body }: Record<string, string>) =>
      call<CreatedScimToken>('POST', path, { body: { ...body, ...(handKeysTo !== '' && { handKeysTo }) } }),
    ['scim-tokens'],
    onCreated,
  );
  return (
    <FormDialog title={t('create')} action={t('create')} work={create} onSubmit={create.mutate} onClose={onClose}>
      <TextField label={g('name')} name="name" maxLength={100} required autoFocus />
      <Choice label={t('role')} name="role" defaultValue="developer">
        {rolesFor(user)
          .filter((role) => role !== 'owner')
          .map((role) => (
            <option key={role} value={role}>
              {word(role)}
            </option>
          ))}
      </Choice>
      <Choice label={t('handKeysTo')} name="handKeysTo" defaultValue="">
        <option value="">{t('revoke')}</option>
        {members.map(({ userId, name }) => (
          <option key={userId} value={userId}>
            {t('hand', { name })}
          </option>
        ))}
      </Choice>
    </FormDialog>
  );
}

function RevokeToken({ row, onClose }: { row: ScimToken; onClose: () => void }) {
  const t = useWords(accessWords);
  const revoke = useAction(() => call('DELETE', `${path}/${row.id}`), ['scim-tokens'], onClose);
  const work = { ...revoke, mutate: () => revoke.mutate(undefined) };
  return (
    <Confirm title={t('removeTitle', { name: row.name })} action={t('remove')} work={work} onClose={onClose}>
      <p>{t('removeText')}</p>
    </Confirm>
  );
}
