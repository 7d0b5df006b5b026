import { call } from '../../api/call.ts';
import { Choice, TextField } from '../../components/field.tsx';
import { FormDialog } from '../../components/form-dialog.tsx';
import { useAction } from '../../components/use-action.ts';
import { useWords } from '../../i18n/preferences.tsx';
import { priceWords } from './price-words.ts';

const decimal = '\\d{1,9}(\\.\\d{1,6})?';

function toBody({ kind, provider, model, input, output, cacheRead, from, note }: Record<string, string>): object {
  return {
    ...{ kind, provider, model },
    price: { input, ...(output && { output }), ...(cacheRead && { cacheRead }) },
    ...(from && { effectiveFrom: new Date(from).toISOString() }),
    ...(note && { note }),
  };
}

export function AddPrice({ onClose }: { onClose: () => void }) {
  const t = useWords(priceWords);
  const add = useAction(
    (form: Record<string, string>) => call('POST', '/v1/orchestrator/prices', { body: toBody(form) }),
    ['prices', 'models'],
    onClose,
  );
  return (
    <FormDialog title={t('add')} action={t('add')} work={add} onSubmit={add.mutate} onClose={onClose}>
      <Choice label={t('kind')} name="kind">
        <option value="customer">{t('customer')}</option>
        <option value="cost">{t('cost')}</option>
      </Choice>
      <TextField label={t('provider')} name="provider" required spellCheck={false} />
      <TextField label={t('model')} name="model" required spellCheck={false} />
      <TextField label={t('input')} name="input" inputMode="decimal" pattern={decimal} required />
      <TextField label={t('output')} hint={t('outputHint')} name="output" inputMode="decimal" pattern={decimal} />
      <TextField label={t('cacheRead')} hint={t('emptyHint')} name="cacheRead" inputMode="decimal" pattern={decimal} />
      <TextField label={t('from')} hint={t('now')} name="from" type="datetime-local" />
      <TextField label={t('note')} name="note" maxLength={500} />
    </FormDialog>
  );
}
