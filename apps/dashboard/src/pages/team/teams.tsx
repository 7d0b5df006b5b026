import type { Team } from '@aggregator/contracts';
import { useState } from 'react';
import { call } from '../../api/call.ts';
import { can } from '../../api/permissions.ts';
import { useProfile } from '../../api/queries.ts';
import { Confirm } from '../../components/confirm.tsx';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { readForm } from '../../components/door.tsx';
import { TextField } from '../../components/field.tsx';
import { PagesOf } from '../../components/pages-of.tsx';
import { Problem } from '../../components/problem.tsx';
import { RowButton } from '../../components/row-button.tsx';
import { useAction } from '../../components/use-action.ts';
import { formatDay } from '../../format/time.ts';
import { general } from '../../i18n/general-words.ts';
import { usePreferences, useWords } from '../../i18n/preferences.tsx';
import { teamsQuery } from './members.ts';
import { TeamMembers } from './team-members.tsx';
import { teamWords } from './team-words.ts';

export function Teams() {
  const t = useWords(teamWords);
  const user = useProfile();
  if (!can(user, 'teams.read')) return null;
  return (
    <section className="stack tight">
      <h2>{t('teams')}</h2>
      <PagesOf query={teamsQuery} empty={<p className="soft">{t('noTeams')}</p>}>
        {(rows) => <Rows rows={rows} />}
      </PagesOf>
      {can(user, 'teams.manage') ? <NewTeam /> : null}
    </section>
  );
}

function Rows({ rows }: { rows: readonly Team[] }) {
  const t = useWords(teamWords);
  const g = useWords(general);
  const { language } = usePreferences();
  const user = useProfile();
  const [leaving, setLeaving] = useState<Team | null>(null);
  const [shown, setShown] = useState<Team | null>(null);
  const columns: Column<Team>[] = [
    { key: 'name', name: g('name'), isHeader: true, cell: ({ name }) => name },
    { key: 'models', name: t('teamModels'), cell: ({ models }) => models?.join(', ') ?? t('allModels') },
    { key: 'since', name: t('since'), cell: ({ createdAt }) => formatDay(createdAt, language) },
  ];
  const actions = {
    name: g('actions'),
    cell: (row: Team) => (
      <>
        <RowButton word={t('teamMembers')} of={row.name} onClick={() => setShown(row)} />
        {can(user, 'teams.manage') ? (
          <RowButton word={t('deleteTeam')} of={row.name} isDanger onClick={() => setLeaving(row)} />
        ) : null}
      </>
    ),
  };
  return (
    <>
      <DataTable label={t('teams')} columns={columns} rows={rows} idOf={({ id }) => id} actions={actions} />
      {shown === null ? null : (
        <TeamMembers team={shown} mayStaff={can(user, 'teams.staff')} onClose={() => setShown(null)} />
      )}
      {leaving === null ? null : <DeleteTeam row={leaving} onClose={() => setLeaving(null)} />}
    </>
  );
}

function DeleteTeam({ row, onClose }: { row: Team; onClose: () => void }) {
  const t = useWords(teamWords);
  const remove = useAction(() => call('DELETE', `/v1/auth/organization/teams/${row.id}`), ['teams', 'keys'], onClose);
  const work = { ...remove, mutate: () => remove.mutate(undefined) };
  return (
    <Confirm title={t('deleteTeamTitle', { name: row.name })} action={t('deleteTeam')} work={work} onClose={onClose}>
      <p>{t('deleteTeamText')}</p>
    </Confirm>
  );
}

function NewTeam() {
  const t = useWords(teamWords);
  const create = useAction(
    ({ name }: Record<string, string>) => call('POST', '/v1/auth/organization/teams', { body: { name } }),
    ['teams'],
  );
  return (
    <form
      className="row bottom"
      onSubmit={(event) => {
        const form = event.currentTarget;
        create.mutate(readForm(event), { onSuccess: () => form.reset() });
      }}
    >
      <TextField label={t('teamName')} name="name" maxLength={100} required />
      <button type="submit" className="button" disabled={create.isPending}>
        {t('newTeam')}
      </button>
      <Problem error={create.error} isAction />
    </form>
  );
}
