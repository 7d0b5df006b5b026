import { call } from '../../api/call.ts';
import { Dialog } from '../../components/dialog.tsx';
import { readForm } from '../../components/door.tsx';
import { Choice, TextField } from '../../components/field.tsx';
import { Problem } from '../../components/problem.tsx';
import { useAction } from '../../components/use-action.ts';
import { general } from '../../i18n/general-words.ts';
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
  const g = useWords(general);
  const add = useAction(
    (form: Record<string, string>) => call('POST', '/v1/orchestrator/prices', { body: toBody(form) }),
    ['prices', 'models'],
    onClose,
  );
  return (
    <Dialog title={t('add')} isOpen onClose={onClose}>
      <form className="stack" onSubmit={(event) => add.mutate(readForm(event))}>
        <Choice label={t('kind')} name="kind">
          <option value="customer">{t('customer')}</option>
          <option value="cost">{t('cost')}</option>
        </Choice>
        <TextField label={t('provider')} name="provider" required spellCheck={false} />
        <TextField label={t('model')} name="model" required spellCheck={false} />
        <TextField label={t('input')} name="input" inputMode="decimal" pattern={decimal} required />
        <TextField label={t('output')} hint={t('outputHint')} name="output" inputMode="decimal" pattern={decimal} />
        <TextField
          label={t('cacheRead')}
          hint={t('emptyHint')}
          name="cacheRead"
          inputMode="decimal"
          pattern={decimal}
        />
        <TextField label={t('from')} hint={t('now')} name="from" type="datetime-local" />
        <TextField label={t('note')} name="note" maxLength={500} />
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
