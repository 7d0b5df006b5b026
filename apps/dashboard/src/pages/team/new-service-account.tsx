import { call } from '../../api/call.ts';
import { Choice, TextField } from '../../components/field.tsx';
import { FormDialog } from '../../components/form-dialog.tsx';
import { useAction } from '../../components/use-action.ts';
import { general } from '../../i18n/general-words.ts';
import { useWords } from '../../i18n/preferences.tsx';
import { rolesFor } from './members.ts';
import { roleWords } from './role-words.ts';
import { teamWords } from './team-words.ts';

export function NewServiceAccount({ onClose }: { onClose: () => void }) {
  const t = useWords(teamWords);
  const g = useWords(general);
  const word = useWords(roleWords);
  const create = useAction(
    (body: Record<string, string>) => call('POST', '/v1/auth/organization/service-accounts', { body }),
    ['members'],
    onClose,
  );
  return (
    <FormDialog title={t('newProgram')} action={t('create')} work={create} onSubmit={create.mutate} onClose={onClose}>
      <p>{t('programText')}</p>
      <TextField label={g('name')} name="name" maxLength={100} required autoFocus />
      <Choice label={t('role')} name="role" defaultValue="developer">
        {rolesFor(undefined, true).map((role) => (
          <option key={role} value={role}>
            {word(role)}
          </option>
        ))}
      </Choice>
    </FormDialog>
  );
}
