import { providerTypes } from '@aggregator/contracts/provider-types';
import { call } from '../../api/call.ts';
import { Dialog } from '../../components/dialog.tsx';
import { readForm } from '../../components/door.tsx';
import { Choice, TextField } from '../../components/field.tsx';
import { Problem } from '../../components/problem.tsx';
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
    <Dialog title={t('add')} isOpen onClose={onClose}>
      <form className="stack" onSubmit={(event) => add.mutate(readForm(event))}>
        <Choice label={t('type')} name="type">
          {providerTypes.map((type) => (
            <option key={type}>{type}</option>
          ))}
        </Choice>
        <TextField label={g('name')} hint={t('nameHint')} name="name" maxLength={63} required spellCheck={false} />
        <TextField label={t('baseUrl')} hint={t('baseUrlHint')} name="baseUrl" type="url" spellCheck={false} />
        <TextField label={t('apiKey')} hint={t('apiKeyHint')} name="apiKey" type="password" autoComplete="off" />
        <Problem error={add.error} isAction />
        <div className="row end">
          <button type="button" className="button" onClick={onClose}>
            {g('cancel')}
          </button>
          <button type="submit" className="button primary" disabled={add.isPending}>
            {t('add')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
