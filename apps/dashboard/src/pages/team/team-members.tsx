import type { Team, TeamMember } from '@aggregator/contracts';
import { call } from '../../api/call.ts';
import { listQuery } from '../../api/lists.ts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { readForm } from '../../components/door.tsx';
import { Check, Choice } from '../../components/field.tsx';
import { PagesOf } from '../../components/pages-of.tsx';
import { Problem } from '../../components/problem.tsx';
import { RowButton } from '../../components/row-button.tsx';
import { useAction } from '../../components/use-action.ts';
import { general } from '../../i18n/general-words.ts';
import { useWords } from '../../i18n/preferences.tsx';
import { membersQuery, useRows } from './members.ts';
import { teamWords } from './team-words.ts';

const pathOf = (team: Team) => `/v1/auth/organization/teams/${team.id}/members`;

/** Who is in a team, and who leads it. */
export function TeamMembers({ team, mayStaff, onClose }: { team: Team; mayStaff: boolean; onClose: () => void }) {
  const t = useWords(teamWords);
  const g = useWords(general);
  const query = listQuery<TeamMember>('team-members', pathOf(team), { limit: '100' });
  const remove = useAction((userId: string) => call('DELETE', `${pathOf(team)}/${userId}`), ['team-members', 'keys']);
  const columns: Column<TeamMember>[] = [
    {
      key: 'name',
      name: g('name'),
      isHeader: true,
      cell: ({ name, role }) => (
        <>
          {name} {role === 'lead' ? <span className="badge good">{t('lead')}</span> : null}
        </>
      ),
    },
  ];
  const actions = {
    name: g('actions'),
    cell: ({ userId, name }: TeamMember) => (
      <RowButton
        word={t('takeOut')}
        of={name}
        isDanger
        isDisabled={remove.isPending}
        onClick={() => remove.mutate(userId)}
      />
    ),
  };
  return (
    <Dialog title={t('membersOf', { name: team.name })} isOpen onClose={onClose}>
      <Problem error={remove.error} isAction />
      <PagesOf query={query} empty={<p className="soft">{t('noTeamMembers')}</p>}>
        {(rows) => (
          <DataTable
            label={t('membersOf', { name: team.name })}
            columns={columns}
            rows={rows}
            idOf={({ userId }) => userId}
            {...(mayStaff && { actions })}
          />
        )}
      </PagesOf>
      {mayStaff ? <AddMember team={team} /> : null}
      <div className="row end">
        <button type="button" className="button" onClick={onClose}>
          {g('close')}
        </button>
      </div>
    </Dialog>
  );
}

function AddMember({ team }: { team: Team }) {
  const t = useWords(teamWords);
  const members = useRows(membersQuery);
  const add = useAction(
    ({ userId, isLead }: Record<string, string>) =>
      call('PUT', `${pathOf(team)}/${userId}`, { body: { role: isLead === 'on' ? 'lead' : 'member' } }),
    ['team-members'],
  );
  return (
    <form className="stack" onSubmit={(event) => add.mutate(readForm(event))}>
      <Choice label={t('member')} name="userId" required>
        {members.map(({ userId, name }) => (
          <option key={userId} value={userId}>
            {name}
          </option>
        ))}
      </Choice>
      <Check label={t('leads')} name="isLead" />
      <Problem error={add.error} isAction />
      <div>
        <button type="submit" className="button primary" disabled={add.isPending}>
          {t('putIn')}
        </button>
      </div>
    </form>
  );
}
