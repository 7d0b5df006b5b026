import type { BalanceAnswer, CreateTransactionRequest, Tenant } from '@aggregator/contracts';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { call, get } from '../../api/call.ts';
import { Dialog } from '../../components/dialog.tsx';
import { readForm } from '../../components/door.tsx';
import { Choice, TextField } from '../../components/field.tsx';
import { Load } from '../../components/load.tsx';
import { Problem } from '../../components/problem.tsx';
import { useAction } from '../../components/use-action.ts';
import { formatMoney, parseMoney } from '../../format/money.ts';
import { general } from '../../i18n/general-words.ts';
import { usePreferences, useWords } from '../../i18n/preferences.tsx';
import { tenantWords } from './tenant-words.ts';

/** Shows the balance of an organisation, and books money into it or out of it. */
export function TenantMoney({ row, onClose }: { row: Tenant; onClose: () => void }) {
  const t = useWords(tenantWords);
  const g = useWords(general);
  const { language } = usePreferences();
  const balance = useQuery({
    queryKey: ['balance', row.id],
    queryFn: ({ signal }) => get<BalanceAnswer>(`/v1/billing/balance/${row.id}`, {}, signal),
  });
  // One dialog is one entry, however often its button is pressed.
  const [idempotencyKey] = useState(() => crypto.getRandomValues(new Uint32Array(4)).join('-'));
  const [fault, setFault] = useState<string | null>(null);
  const book = useAction(
    (body: CreateTransactionRequest) => call('POST', '/v1/billing/transaction', { body }),
    ['balance', 'transactions'],
  );
  const submit = ({ amount = '', description = '', type }: Record<string, string>) => {
    const nano = parseMoney(amount);
    setFault(nano === null || nano === 0n ? t('badAmount') : null);
    if (nano === null || nano === 0n) return;
    const kind = type === 'adjustment' ? 'adjustment' : 'top_up';
    book.mutate({ organizationId: row.id, type: kind, amountNanoUsd: String(nano), description, idempotencyKey });
  };
  return (
    <Dialog title={t('moneyTitle', { name: row.name })} isOpen onClose={onClose}>
      <Load query={balance} lines={1}>
        {({ balanceNanoUsd }) => (
          <dl className="facts">
            <dt>{t('balance')}</dt>
            <dd className="money">{formatMoney(balanceNanoUsd, language)}</dd>
          </dl>
        )}
      </Load>
      <form className="stack" onSubmit={(event) => submit(readForm(event))}>
        <Choice label={t('type')} name="type">
          <option value="top_up">{t('top_up')}</option>
          <option value="adjustment">{t('adjustment')}</option>
        </Choice>
        <TextField label={t('amount')} name="amount" inputMode="decimal" fault={fault} required />
        <TextField label={t('description')} name="description" maxLength={500} required />
        <Problem error={book.error} isAction />
        <p role="status">{book.isSuccess ? t('booked') : ''}</p>
        <div className="row end">
          <button type="button" className="button" onClick={onClose}>
            {g('close')}
          </button>
          <button type="submit" className="button primary" disabled={book.isPending || book.isSuccess}>
            {t('book')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
