import type { ProposeBankTransferRequest } from '@aggregator/contracts';
import { useState } from 'react';
import { call } from '../../api/call.ts';
import { TextField } from '../../components/field.tsx';
import { FormDialog } from '../../components/form-dialog.tsx';
import { useAction } from '../../components/use-action.ts';
import { parseMoney } from '../../format/money.ts';
import { useWords } from '../../i18n/preferences.tsx';
import { transferWords } from './transfer-words.ts';

/** Enters one booking of the bank's statement. */
export function EnterTransfer({ onClose }: { onClose: () => void }) {
  const t = useWords(transferWords);
  const [fault, setFault] = useState<string | null>(null);
  const enter = useAction(
    (body: ProposeBankTransferRequest) => call('POST', '/v1/billing/bank-transfers', { body }),
    ['bank-transfers'],
    onClose,
  );
  const submit = (form: Record<string, string>) => {
    const amount = parseMoney(form.amount ?? '');
    const isGood = amount !== null && amount > 0n;
    setFault(isGood ? null : t('badAmount'));
    if (!isGood) return;
    const { organizationId = '', bankReference = '', description = '' } = form;
    enter.mutate({ organizationId: organizationId.trim(), bankReference, description, amountNanoUsd: String(amount) });
  };
  return (
    <FormDialog title={t('add')} action={t('add')} work={enter} onSubmit={submit} onClose={onClose}>
      <TextField label={t('organizationId')} name="organizationId" maxLength={40} spellCheck={false} required />
      <TextField label={t('reference')} name="bankReference" maxLength={200} spellCheck={false} required />
      <TextField label={t('amount')} name="amount" inputMode="decimal" fault={fault} required />
      <TextField label={t('description')} name="description" maxLength={500} required />
    </FormDialog>
  );
}
