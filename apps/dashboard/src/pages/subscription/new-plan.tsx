import { useState } from 'react';
import { call } from '../../api/call.ts';
import { TextField } from '../../components/field.tsx';
import { FormDialog } from '../../components/form-dialog.tsx';
import { useAction } from '../../components/use-action.ts';
import { parseMoney } from '../../format/money.ts';
import { general } from '../../i18n/general-words.ts';
import { useWords } from '../../i18n/preferences.tsx';
import { subscriptionWords } from './subscription-words.ts';

export function NewPlan({ onClose }: { onClose: () => void }) {
  const t = useWords(subscriptionWords);
  const g = useWords(general);
  const [faulty, setFaulty] = useState<'fee' | 'credit' | null>(null);
  const create = useAction((body: object) => call('POST', '/v1/billing/plans', { body }), ['plans'], onClose);
  const submit = ({ name, fee = '', credit = '', trialDays }: Record<string, string>) => {
    const feeNanoUsd = parseMoney(fee);
    const includedCreditNanoUsd = parseMoney(credit);
    const isBad = (nano: bigint | null) => nano === null || nano < 0n;
    const bad = isBad(feeNanoUsd) ? 'fee' : isBad(includedCreditNanoUsd) ? 'credit' : null;
    setFaulty(bad);
    if (bad !== null) return;
    create.mutate({
      ...{ name, trialDays: Number(trialDays) },
      ...{ feeNanoUsd: String(feeNanoUsd), includedCreditNanoUsd: String(includedCreditNanoUsd) },
    });
  };
  const money = (name: 'fee' | 'credit') => ({
    ...{ name, inputMode: 'decimal' as const, required: true },
    ...{ label: t(`${name}Usd`), fault: faulty === name ? t('bad') : null },
  });
  return (
    <FormDialog title={t('newPlan')} action={t('newPlan')} work={create} onSubmit={submit} onClose={onClose}>
      <p>{t('planText')}</p>
      <TextField label={g('name')} name="name" maxLength={60} required autoFocus />
      <TextField {...money('fee')} />
      <TextField {...money('credit')} defaultValue="0" />
      <TextField label={t('trialDays')} name="trialDays" type="number" min={0} max={90} defaultValue={0} required />
    </FormDialog>
  );
}
