import type { BillingProfile } from '@aggregator/contracts';
import { useQuery } from '@tanstack/react-query';
import { call, get } from '../../api/call.ts';
import { readForm } from '../../components/door.tsx';
import { Choice, TextArea, TextField } from '../../components/field.tsx';
import { Load } from '../../components/load.tsx';
import { Problem } from '../../components/problem.tsx';
import { useAction } from '../../components/use-action.ts';
import { general } from '../../i18n/general-words.ts';
import { usePreferences, useWords } from '../../i18n/preferences.tsx';
import { invoiceWords } from './invoice-words.ts';

const currencies: readonly BillingProfile['currency'][] = ['USD', 'RUB'];

/** Who pays: printed on the next invoices. */
export function Payer() {
  const profile = useQuery({
    queryKey: ['payer'],
    queryFn: ({ signal }) => get<{ profile: BillingProfile | null }>('/v1/billing/profile', {}, signal),
  });
  return <Load query={profile}>{({ profile: known }) => <Form known={known} />}</Load>;
}

function toBody({ address = '', taxId = '', ...rest }: Record<string, string>): object {
  const lines = address.split('\n').map((line) => line.trim());
  return { ...rest, address: lines.filter((line) => line !== ''), taxId: taxId === '' ? null : taxId };
}

function Form({ known }: { known: BillingProfile | null }) {
  const t = useWords(invoiceWords);
  const g = useWords(general);
  const { language } = usePreferences();
  const save = useAction(
    // What the form does not show stays.
    (form: Record<string, string>) => call('PUT', '/v1/billing/profile', { body: { ...known, ...toBody(form) } }),
    ['payer', 'month'],
  );
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  return (
    <form className="card stack" onSubmit={(event) => save.mutate(readForm(event))}>
      <div>
        <h2>{t('payer')}</h2>
        <p className="soft">{t('payerText')}</p>
      </div>
      <div className="columns">
        <TextField label={g('name')} name="name" defaultValue={known?.name} maxLength={200} required />
        <TextField label={t('taxId')} name="taxId" defaultValue={known?.taxId ?? ''} maxLength={50} />
        <TextField
          label={t('timeZone')}
          hint={t('timeZoneHint')}
          name="timeZone"
          defaultValue={known?.timeZone ?? timeZone}
          maxLength={64}
          spellCheck={false}
          required
        />
        <Choice label={t('language')} name="language" defaultValue={known?.language ?? language}>
          <option value="en">English</option>
          <option value="ru">Русский</option>
        </Choice>
        <Choice label={t('currency')} hint={t('currencyHint')} name="currency" defaultValue={known?.currency ?? 'USD'}>
          {currencies.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </Choice>
      </div>
      <TextArea
        label={t('address')}
        hint={t('addressHint')}
        name="address"
        defaultValue={known?.address.join('\n')}
        rows={3}
      />
      <Problem error={save.error} isAction />
      <p role="status">{save.isSuccess ? t('saved') : ''}</p>
      <div>
        <button type="submit" className="button primary" disabled={save.isPending}>
          {g('save')}
        </button>
      </div>
    </form>
  );
}
