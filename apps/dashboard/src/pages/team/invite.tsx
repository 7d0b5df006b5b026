import { call } from '../../api/call.ts';
import { useProfile } from '../../api/queries.ts';
import { Choice, TextField } from '../../components/field.tsx';
import { FormDialog } from '../../components/form-dialog.tsx';
import { useAction } from '../../components/use-action.ts';
import { usePreferences, useWords } from '../../i18n/preferences.tsx';
import { rolesFor, teamsQuery, useRows } from './members.ts';
import { roleWords } from './role-words.ts';
import { teamWords } from './team-words.ts';

export function Invite({ onClose }: { onClose: () => void }) {
  const t = useWords(teamWords);
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
    <FormDialog title={t('inviteTitle')} action={t('invite')} work={invite} onSubmit={invite.mutate} onClose={onClose}>
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
    </FormDialog>
  );
}
