import type { BankTransfer } from '@aggregator/contracts';
import { call } from '../../api/call.ts';
import { Confirm } from '../../components/confirm.tsx';
import { useAction } from '../../components/use-action.ts';
import { formatMoney } from '../../format/money.ts';
import { usePreferences, useWords } from '../../i18n/preferences.tsx';
import { transferWords } from './transfer-words.ts';

export interface Decision {
  readonly transfer: BankTransfer;
  readonly verb: 'approve' | 'reject';
}

/** Asks before money that came by bank is added to a balance, or left out. */
export function DecideTransfer({ decision, onClose }: { decision: Decision; onClose: () => void }) {
  const t = useWords(transferWords);
  const { language } = usePreferences();
  const { transfer, verb } = decision;
  const decide = useAction(
    () => call('POST', `/v1/billing/bank-transfers/${transfer.id}/${verb}`),
    ['bank-transfers', 'balance', 'transactions'],
    onClose,
  );
  const amount = formatMoney(transfer.amountNanoUsd, language);
  return (
    <Confirm
      title={t(`${verb}Title`, { reference: transfer.bankReference })}
      action={t(verb)}
      work={{ ...decide, mutate: () => decide.mutate(undefined) }}
      onClose={onClose}
    >
      <p>{t(`${verb}Text`, { amount, organization: transfer.organizationId })}</p>
    </Confirm>
  );
}
