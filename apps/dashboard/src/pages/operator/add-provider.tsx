import { providerTypes } from '@aggregator/contracts/provider-types';
import { call } from '../../api/call.ts';
import { Choice, TextField } from '../../components/field.tsx';
import { FormDialog } from '../../components/form-dialog.tsx';
import { useAction } from '../../components/use-action.ts';
import { general } from '../../i18n/general-words.ts';
import { useWords } from '../../i18n/preferences.tsx';
import { providerWords } from './provider-words.ts';

export function AddProvider({ onClose }: { onClose: () => void }) {
  const t = useWords(providerWords);
  const g = useWords(general);
  const add = useAction(
    ({ name, type, baseUrl, apiKey }: Record<string, string>) =>
      call('POST', '/v1/orchestrator/providers', {
        body: { name, type, ...(baseUrl && { baseUrl }), ...(apiKey && { apiKeys: [apiKey] }) },
      }),
    ['providers', 'models'],
    onClose,
  );
  return (
    <FormDialog title={t('add')} action={t('add')} work={add} onSubmit={add.mutate} onClose={onClose}>
      <Choice label={t('type')} name="type">
        {providerTypes.map((type) => (
          <option key={type}>{type}</option>
        ))}
      </Choice>
      <TextField label={g('name')} hint={t('nameHint')} name="name" maxLength={63} required spellCheck={false} />
      <TextField label={t('baseUrl')} hint={t('baseUrlHint')} name="baseUrl" type="url" spellCheck={false} />
      <TextField label={t('apiKey')} hint={t('apiKeyHint')} name="apiKey" type="password" autoComplete="off" />
    </FormDialog>
  );
}
