import type { TopUp } from '@aggregator/contracts';
import { useState } from 'react';
import { call } from '../../api/call.ts';
import { listQuery } from '../../api/lists.ts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { Check, TextField } from '../../components/field.tsx';
import { FormDialog } from '../../components/form-dialog.tsx';
import { PagesOf } from '../../components/pages-of.tsx';
import { useAction } from '../../components/use-action.ts';
import { formatMoney, parseMoney } from '../../format/money.ts';
import { formatTime } from '../../format/time.ts';
import { usePreferences, useWords } from '../../i18n/preferences.tsx';
import { topUpWords } from './top-up-words.ts';

const topUpsQuery = listQuery<TopUp>('top-ups', '/v1/billing/top-ups');
const centNanoUsd = 10_000_000n;

/** Opens a page of the payment provider. One dialog is one top-up, however often its button is pressed. */
export function AddMoney({ onClose }: { onClose: () => void }) {
  const t = useWords(topUpWords);
  const [idempotencyKey] = useState(() => crypto.getRandomValues(new Uint32Array(4)).join('-'));
  const [fault, setFault] = useState<string | null>(null);
  const pay = useAction(
    (body: object) => call<TopUp>('POST', '/v1/billing/top-ups', { body: { ...body, idempotencyKey } }),
    ['top-ups'],
    ({ checkoutUrl }) => (checkoutUrl === null ? onClose() : window.location.assign(checkoutUrl)),
  );
  const submit = ({ amount = '', saveMethod }: Record<string, string>) => {
    const nano = parseMoney(amount);
    const isBad = nano === null || nano <= 0n || nano % centNanoUsd !== 0n;
    setFault(isBad ? t('bad') : null);
    if (!isBad) pay.mutate({ amountNanoUsd: String(nano), saveMethod: saveMethod === 'on' });
  };
  return (
    <FormDialog title={t('title')} action={t('pay')} work={pay} onSubmit={submit} onClose={onClose}>
      <p>{t('text')}</p>
      <TextField label={t('amount')} name="amount" inputMode="decimal" fault={fault} required autoFocus />
      <Check label={t('save')} name="saveMethod" />
    </FormDialog>
  );
}

export function TopUps() {
  const t = useWords(topUpWords);
  return (
    <section className="stack tight">
      <h2>{t('list')}</h2>
      <PagesOf query={topUpsQuery} empty={<p className="soft">{t('none')}</p>}>
        {(rows) => <Rows rows={rows} />}
      </PagesOf>
    </section>
  );
}

const tones: Readonly<Record<TopUp['status'], string>> = {
  ...{ created: '', open: 'warn', processing: 'warn', succeeded: 'good', failed: 'bad', expired: '' },
};

function Rows({ rows }: { rows: readonly TopUp[] }) {
  const t = useWords(topUpWords);
  const { language } = usePreferences();
  const columns: Column<TopUp>[] = [
    { key: 'time', name: t('time'), cell: ({ time }) => formatTime(time, language) },
    {
      key: 'status',
      name: t('status'),
      cell: ({ status, failureCode, checkoutUrl }) => (
        <>
          <span className={`badge ${tones[status]}`}>{t(status)}</span>{' '}
          {failureCode === null ? null : <code className="soft">{failureCode}</code>}
          {checkoutUrl === null ? null : <a href={checkoutUrl}>{t('goOn')}</a>}
        </>
      ),
    },
    {
      key: 'refunded',
      name: t('refunded'),
      isEnd: true,
      cell: ({ refundedNanoUsd }) => (refundedNanoUsd === '0' ? '–' : formatMoney(refundedNanoUsd, language)),
    },
    {
      key: 'sum',
      name: t('sum'),
      isEnd: true,
      cell: ({ amountNanoUsd }) => formatMoney(amountNanoUsd, language),
    },
  ];
  return <DataTable label={t('list')} columns={columns} rows={rows} idOf={({ id }) => id} />;
}
