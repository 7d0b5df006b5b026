import { call } from '../../api/call.ts';
import { useProfile } from '../../api/queries.ts';
import { Dialog } from '../../components/dialog.tsx';
import { readForm } from '../../components/door.tsx';
import { Choice, TextField } from '../../components/field.tsx';
import { Problem } from '../../components/problem.tsx';
import { useAction } from '../../components/use-action.ts';
import { general } from '../../i18n/general-words.ts';
import { usePreferences, useWords } from '../../i18n/preferences.tsx';
import { rolesFor, teamsQuery, useRows } from './members.ts';
import { roleWords } from './role-words.ts';
import { teamWords } from './team-words.ts';

export function Invite({ onClose }: { onClose: () => void }) {
  const t = useWords(teamWords);
  const g = useWords(general);
  const word = useWords(roleWords);
  const { language } = usePreferences();
  const user = useProfile();
  const teams = useRows(teamsQuery);
  const invite = useAction(
    ({ teamId, ...body }: Record<string, string>) =>
      call('POST', '/v1/auth/organization/invitations', { body: { ...body, ...(teamId !== '' && { teamId }) } }),
    ['invitations'],
    onClose,
  );
  return (
    <Dialog title={t('inviteTitle')} isOpen onClose={onClose}>
      <form className="stack" onSubmit={(event) => invite.mutate(readForm(event))}>
        <TextField label={t('email')} name="email" type="email" autoComplete="off" required autoFocus />
        <Choice label={t('role')} name="role" defaultValue="developer">
          {rolesFor(user).map((role) => (
            <option key={role} value={role}>
              {word(role)}
            </option>
          ))}
        </Choice>
        <Choice label={t('team')} name="teamId" defaultValue="">
          <option value="">{t('noTeam')}</option>
          {teams.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </Choice>
        <Choice label={t('mailLanguage')} name="language" defaultValue={language}>
          <option value="en">English</option>
          <option value="ru">Русский</option>
        </Choice>
        <Problem error={invite.error} isAction />
        <div className="row end">
          <button type="button" className="button" onClick={onClose}>
            {g('cancel')}
          </button>
          <button type="submit" className="button primary" disabled={invite.isPending}>
            {t('invite')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
