import type { Member } from '@aggregator/contracts';
import { useState } from 'react';
import { call } from '../../api/call.ts';
import { can } from '../../api/permissions.ts';
import { useProfile } from '../../api/queries.ts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { Empty, Page } from '../../components/page.tsx';
import { PagesOf } from '../../components/pages-of.tsx';
import { Problem } from '../../components/problem.tsx';
import { useAction } from '../../components/use-action.ts';
import { formatDay } from '../../format/time.ts';
import { general } from '../../i18n/general-words.ts';
import { usePreferences, useWords } from '../../i18n/preferences.tsx';
import { Invitations } from './invitations.tsx';
import { Invite } from './invite.tsx';
import { membersQuery, rolesFor } from './members.ts';
import { NewServiceAccount } from './new-service-account.tsx';
import { RemoveMember } from './remove-member.tsx';
import { roleWords } from './role-words.ts';
import { teamWords } from './team-words.ts';
import { Teams } from './teams.tsx';

type Opened = { kind: 'invite' | 'program' } | { kind: 'remove'; row: Member };

export function TeamPage() {
  const t = useWords(teamWords);
  const user = useProfile();
  const [opened, setOpened] = useState<Opened | null>(null);
  const close = () => setOpened(null);
  const manages = can(user, 'members.manage');
  return (
    <Page
      title={t('title')}
      intro={t('intro')}
      actions={
        manages ? (
          <>
            <button type="button" className="button" onClick={() => setOpened({ kind: 'program' })}>
              {t('newProgram')}
            </button>
            <button type="button" className="button primary" onClick={() => setOpened({ kind: 'invite' })}>
              {t('invite')}
            </button>
          </>
        ) : undefined
      }
    >
      <section className="stack tight">
        <h2>{t('members')}</h2>
        <PagesOf query={membersQuery} empty={<Empty title={t('noMembers')} />}>
          {(rows) => <Members rows={rows} onRemove={(row) => setOpened({ kind: 'remove', row })} />}
        </PagesOf>
      </section>
      {manages ? <Invitations /> : null}
      <Teams />
      {opened?.kind === 'invite' ? <Invite onClose={close} /> : null}
      {opened?.kind === 'program' ? <NewServiceAccount onClose={close} /> : null}
      {opened?.kind === 'remove' ? <RemoveMember row={opened.row} onClose={close} /> : null}
    </Page>
  );
}

function Members({ rows, onRemove }: { rows: readonly Member[]; onRemove: (row: Member) => void }) {
  const t = useWords(teamWords);
  const g = useWords(general);
  const { language } = usePreferences();
  const user = useProfile();
  const manages = can(user, 'members.manage');
  const change = useAction(
    ({ row, role }: { row: Member; role: string }) =>
      call('PATCH', `/v1/auth/organization/members/${row.userId}`, { body: { role } }),
    ['members'],
  );
  const columns: Column<Member>[] = [
    {
      key: 'name',
      name: g('name'),
      isHeader: true,
      cell: (row) => (
        <>
          {row.name} {row.userId === user?.id ? <span className="badge">{t('you')}</span> : null}
          {row.isServiceAccount ? <span className="badge">{t('program')}</span> : null}
          {row.blockedAt === null ? null : <span className="badge bad">{t('blocked')}</span>}
        </>
      ),
    },
    { key: 'email', name: t('email'), cell: ({ email }) => email ?? '–' },
    {
      key: 'role',
      name: t('role'),
      cell: (row) => (
        <Role
          row={row}
          isFixed={!manages || row.userId === user?.id}
          onChange={(role) => change.mutate({ row, role })}
        />
      ),
    },
    { key: 'since', name: t('since'), cell: ({ joinedAt }) => formatDay(joinedAt, language) },
  ];
  const actions = {
    name: g('actions'),
    cell: (row: Member) =>
      manages && row.userId !== user?.id ? (
        <button type="button" className="button small quiet danger" onClick={() => onRemove(row)}>
          {t('remove')}
          <span className="hidden-visually"> {row.name}</span>
        </button>
      ) : null,
  };
  return (
    <>
      <Problem error={change.error} isAction />
      <DataTable label={t('members')} columns={columns} rows={rows} idOf={({ userId }) => userId} actions={actions} />
    </>
  );
}

function Role({ row, isFixed, onChange }: { row: Member; isFixed: boolean; onChange: (role: string) => void }) {
  const t = useWords(teamWords);
  const word = useWords(roleWords);
  const user = useProfile();
  if (isFixed || (row.role === 'owner' && !can(user, 'owners.manage'))) return word(row.role);
  return (
    <select
      className="preference"
      aria-label={`${t('role')}: ${row.name}`}
      value={row.role}
      onChange={(event) => onChange(event.target.value)}
    >
      {rolesFor(user, row.isServiceAccount).map((role) => (
        <option key={role} value={role}>
          {word(role)}
        </option>
      ))}
    </select>
  );
}
