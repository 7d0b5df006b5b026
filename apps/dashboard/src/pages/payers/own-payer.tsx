import type { PayerAnswer } from '@aggregator/contracts';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { call, get } from '../../api/call.ts';
import { can } from '../../api/permissions.ts';
import { useProfile } from '../../api/queries.ts';
import { Confirm } from '../../components/confirm.tsx';
import { readForm } from '../../components/door.tsx';
import { TextField } from '../../components/field.tsx';
import { Load } from '../../components/load.tsx';
import { Problem } from '../../components/problem.tsx';
import { useAction } from '../../components/use-action.ts';
import { formatTime } from '../../format/time.ts';
import { usePreferences, useWords } from '../../i18n/preferences.tsx';
import { payerWords } from './payer-words.ts';

const path = '/v1/billing/payer';
const changes = ['payer-organization', 'balance'];
const idPattern = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** The organisation that pays for this one, if another one does. */
export function OwnPayer() {
  const t = useWords(payerWords);
  const mayPay = can(useProfile(), 'billing.pay');
  const payer = useQuery({
    queryKey: ['payer-organization'],
    queryFn: ({ signal }) => get<PayerAnswer>(path, {}, signal),
  });
  return (
    <section className="card stack">
      <h2>{t('own')}</h2>
      <Load query={payer} lines={2}>
        {({ payer: known }) =>
          known === null ? (
            <>
              <p>{t('itself')}</p>
              {mayPay ? <Ask /> : null}
            </>
          ) : (
            <Known payer={known} mayEnd={mayPay} />
          )
        }
      </Load>
    </section>
  );
}

function Ask() {
  const t = useWords(payerWords);
  const [isBad, setBad] = useState(false);
  const ask = useAction((organizationId: string) => call('PUT', path, { body: { organizationId } }), changes);
  const submit = ({ organizationId = '' }: Record<string, string>) => {
    const id = organizationId.trim();
    setBad(!idPattern.test(id));
    if (idPattern.test(id)) ask.mutate(id);
  };
  return (
    <form className="stack tight" onSubmit={(event) => submit(readForm(event))}>
      <p className="soft">{t('askText')}</p>
      <TextField
        label={t('id')}
        hint={t('idHint')}
        name="organizationId"
        fault={isBad ? t('badId') : null}
        maxLength={40}
        spellCheck={false}
        required
      />
      <Problem error={ask.error} isAction />
      <div>
        <button type="submit" className="button" disabled={ask.isPending}>
          {t('ask')}
        </button>
      </div>
    </form>
  );
}

function Known({ payer, mayEnd }: { payer: NonNullable<PayerAnswer['payer']>; mayEnd: boolean }) {
  const t = useWords(payerWords);
  const { language } = usePreferences();
  const [isLeaving, setLeaving] = useState(false);
  const close = () => setLeaving(false);
  const leave = useAction(() => call('DELETE', path), changes, close);
  return (
    <>
      <dl className="facts">
        <dt>{t('paidBy')}</dt>
        <dd>
          <code>{payer.organizationId}</code>
        </dd>
        <dt>{t('state')}</dt>
        <dd>{t(payer.state)}</dd>
        <dt>{t('since')}</dt>
        <dd>{formatTime(payer.since, language)}</dd>
      </dl>
      {mayEnd && payer.state !== 'detaching' ? (
        <div>
          <button type="button" className="button danger" onClick={() => setLeaving(true)}>
            {t('leave')}
          </button>
        </div>
      ) : null}
      {isLeaving ? (
        <Confirm
          title={t('leave')}
          action={t('leave')}
          work={{ ...leave, mutate: () => leave.mutate(undefined) }}
          onClose={close}
        >
          <p>{t('leaveText')}</p>
        </Confirm>
      ) : null}
    </>
  );
}
