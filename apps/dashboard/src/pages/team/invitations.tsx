import type { Invitation } from '@aggregator/contracts';
import { call } from '../../api/call.ts';
import { listQuery } from '../../api/lists.ts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { PagesOf } from '../../components/pages-of.tsx';
import { Problem } from '../../components/problem.tsx';
import { useAction } from '../../components/use-action.ts';
import { formatTime } from '../../format/time.ts';
import { general } from '../../i18n/general-words.ts';
import { usePreferences, useWords } from '../../i18n/preferences.tsx';
import { roleWords } from './role-words.ts';
import { teamWords } from './team-words.ts';

const invitationsQuery = listQuery<Invitation>('invitations', '/v1/auth/organization/invitations');

export function Invitations() {
  const t = useWords(teamWords);
  return (
    <section className="stack tight">
      <h2>{t('invitations')}</h2>
      <PagesOf query={invitationsQuery} empty={<p className="soft">{t('noInvitations')}</p>}>
        {(rows) => <Rows rows={rows} />}
      </PagesOf>
    </section>
  );
}

function Rows({ rows }: { rows: readonly Invitation[] }) {
  const t = useWords(teamWords);
  const g = useWords(general);
  const word = useWords(roleWords);
  const { language } = usePreferences();
  const withdraw = useAction(
    (id: string) => call('DELETE', `/v1/auth/organization/invitations/${id}`),
    ['invitations'],
  );
  const columns: Column<Invitation>[] = [
    { key: 'email', name: t('email'), isHeader: true, cell: ({ email }) => email },
    { key: 'role', name: t('role'), cell: ({ role }) => word(role) },
    { key: 'expires', name: t('expires'), cell: ({ expiresAt }) => formatTime(expiresAt, language) },
  ];
  const actions = {
    name: g('actions'),
    cell: ({ id, email }: Invitation) => (
      <button type="button" className="button small quiet danger" onClick={() => withdraw.mutate(id)}>
        {t('withdraw')}
        <span className="hidden-visually"> {email}</span>
      </button>
    ),
  };
  return (
    <>
      <Problem error={withdraw.error} isAction />
      <DataTable label={t('invitations')} columns={columns} rows={rows} idOf={({ id }) => id} actions={actions} />
    </>
  );
}
