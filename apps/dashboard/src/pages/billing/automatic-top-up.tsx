import type { AutomaticTopUp, PaymentMethodAnswer } from '@aggregator/contracts';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { call, get } from '../../api/call.ts';
import { Confirm } from '../../components/confirm.tsx';
import { readForm } from '../../components/door.tsx';
import { TextField } from '../../components/field.tsx';
import { Load } from '../../components/load.tsx';
import { Problem } from '../../components/problem.tsx';
import { useAction } from '../../components/use-action.ts';
import { parseMoney, toPlainMoney } from '../../format/money.ts';
import { general } from '../../i18n/general-words.ts';
import { useWords } from '../../i18n/preferences.tsx';
import { automaticWords } from './automatic-words.ts';

const path = '/v1/billing/automatic-top-up';
const methodPath = '/v1/billing/payment-method';

/** Charges the saved method when the balance is low, within the limits of a day and a month. */
export function AutomaticTopUps() {
  const t = useWords(automaticWords);
  const method = useQuery({
    queryKey: ['payment-method'],
    queryFn: ({ signal }) => get<PaymentMethodAnswer>(methodPath, {}, signal),
  });
  const settings = useQuery({
    queryKey: ['automatic'],
    queryFn: ({ signal }) => get<{ automaticTopUp: AutomaticTopUp | null }>(path, {}, signal),
  });
  return (
    <section className="stack tight">
      <h2>{t('title')}</h2>
      <p className="soft">{t('text')}</p>
      <Load query={method} lines={2}>
        {(saved) => <Method method={saved.method} />}
      </Load>
      <Load query={settings} lines={4}>
        {({ automaticTopUp }) =>
          automaticTopUp === null && !method.data?.method ? null : <Settings known={automaticTopUp} />
        }
      </Load>
    </section>
  );
}

function Method({ method }: PaymentMethodAnswer) {
  const t = useWords(automaticWords);
  const [isLeaving, setLeaving] = useState(false);
  const close = () => setLeaving(false);
  const forget = useAction(() => call('DELETE', methodPath), ['payment-method', 'automatic'], close);
  if (method === null) return <p className="note-box">{t('noMethod')}</p>;
  const ends = method.expiryMonth === null ? null : `${method.expiryMonth}/${method.expiryYear}`;
  return (
    <p className="row">
      {t('method')}:{' '}
      <strong>
        {method.brand} ···· {method.lastDigits}
      </strong>
      {ends === null ? null : <span className="soft">{t('expires', { when: ends })}</span>}
      <button type="button" className="button small quiet danger" onClick={() => setLeaving(true)}>
        {t('forget')}
      </button>
      {isLeaving ? (
        <Confirm
          title={t('forgetTitle')}
          action={t('forget')}
          work={{ ...forget, mutate: () => forget.mutate(undefined) }}
          onClose={close}
        >
          <p>{t('forgetText')}</p>
        </Confirm>
      ) : null}
    </p>
  );
}

const fields = [
  ['threshold', 'thresholdNanoUsd'],
  ['amount', 'amountNanoUsd'],
  ['day', 'dayMaxNanoUsd'],
  ['month', 'monthMaxNanoUsd'],
] as const;

function Settings({ known }: { known: AutomaticTopUp | null }) {
  const t = useWords(automaticWords);
  const g = useWords(general);
  const [faulty, setFaulty] = useState<string | null>(null);
  const save = useAction((body: object) => call('PUT', path, { body }), ['automatic']);
  const end = useAction(() => call('DELETE', path), ['automatic']);
  const submit = (form: Record<string, string>) => {
    const amounts = fields.map(([, name]) => [name, parseMoney(form[name] ?? '')] as const);
    const bad = amounts.find(([, nano]) => nano === null || nano <= 0n);
    setFaulty(bad?.[0] ?? null);
    if (bad === undefined) save.mutate(Object.fromEntries(amounts.map(([name, nano]) => [name, String(nano)])));
  };
  return (
    // Another state of the settings is another form, so that its fields show what is stored.
    <form className="card stack" key={JSON.stringify(known)} onSubmit={(event) => submit(readForm(event))}>
      {known === null ? null : (
        <p className="row">
          <span className={known.state === 'active' ? 'badge good' : 'badge bad'}>{t(known.state)}</span>
          {known.failures === 0 ? null : <span>{t('failures', { count: known.failures })}</span>}
        </p>
      )}
      <div className="columns">
        {fields.map(([word, name]) => (
          <TextField
            key={name}
            label={t(word)}
            name={name}
            inputMode="decimal"
            defaultValue={known === null ? '' : toPlainMoney(known[name])}
            fault={faulty === name ? t('bad') : null}
            required
          />
        ))}
      </div>
      <Problem error={save.error ?? end.error} isAction />
      <div className="row">
        <button type="submit" className="button primary" disabled={save.isPending}>
          {known === null ? t('on') : g('save')}
        </button>
        {known === null ? null : (
          <button type="button" className="button" disabled={end.isPending} onClick={() => end.mutate(undefined)}>
            {t('off')}
          </button>
        )}
      </div>
    </form>
  );
}
