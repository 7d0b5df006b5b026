import type {
  BalanceAnswer,
  CreatePromotionalCreditRequest,
  CreateTransactionRequest,
  Tenant,
} from '@aggregator/contracts';
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

const kinds = ['top_up', 'adjustment', 'promotional'] as const;
type Kind = (typeof kinds)[number];
const toKind = (value: string): Kind => kinds.find((kind) => kind === value) ?? 'top_up';

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
  const [type, setType] = useState<Kind>('top_up');
  const book = useAction(
    ({ path, body }: { path: string; body: object }) => call('POST', path, { body }),
    ['balance', 'transactions', 'promotional'],
  );
  const submit = ({ amount = '', description = '', lastDay = '' }: Record<string, string>) => {
    const nano = parseMoney(amount);
    const isBad = nano === null || nano === 0n || (type === 'promotional' && nano < 0n);
    setFault(isBad ? t('badAmount') : null);
    if (isBad) return;
    const entry = { organizationId: row.id, amountNanoUsd: String(nano), description, idempotencyKey };
    if (type === 'promotional') {
      const body: CreatePromotionalCreditRequest = { ...entry, expiresAt: `${lastDay}T23:59:59Z` };
      book.mutate({ path: '/v1/billing/promotional-credits', body });
    } else {
      const body: CreateTransactionRequest = { ...entry, type };
      book.mutate({ path: '/v1/billing/transaction', body });
    }
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
        <Choice label={t('type')} value={type} onChange={(event) => setType(toKind(event.target.value))}>
          {kinds.map((kind) => (
            <option key={kind} value={kind}>
              {t(kind)}
            </option>
          ))}
        </Choice>
        <TextField label={t('amount')} name="amount" inputMode="decimal" fault={fault} required />
        {type === 'promotional' ? (
          <TextField label={t('lastDay')} hint={t('lastDayHint')} name="lastDay" type="date" required />
        ) : null}
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
