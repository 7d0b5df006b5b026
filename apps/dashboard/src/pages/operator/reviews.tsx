import type { PaymentReview, UsageReview } from '@aggregator/contracts';
import { call } from '../../api/call.ts';
import { listQuery } from '../../api/lists.ts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { PagesOf } from '../../components/pages-of.tsx';
import { Problem } from '../../components/problem.tsx';
import { useAction } from '../../components/use-action.ts';
import { formatMoney } from '../../format/money.ts';
import { formatTime } from '../../format/time.ts';
import { general } from '../../i18n/general-words.ts';
import { usePreferences, useWords } from '../../i18n/preferences.tsx';
import { ledgerWords } from './ledger-words.ts';

const usageReviews = listQuery<UsageReview>('reviews', '/v1/billing/reviews');
const paymentReviews = listQuery<PaymentReview>('payment-reviews', '/v1/billing/payment-reviews');

interface Review {
  readonly id: string;
  readonly state: 'open' | 'closed';
}

export function UsageReviews() {
  const t = useWords(ledgerWords);
  const { language } = usePreferences();
  const columns: Column<UsageReview>[] = [
    { key: 'time', name: t('time'), cell: ({ time }) => formatTime(time, language) },
    { key: 'model', name: t('model'), cell: ({ provider, model }) => `${provider}/${model}` },
    { key: 'request', name: t('request'), cell: ({ requestId }) => <code className="soft">{requestId}</code> },
    {
      key: 'charged',
      name: t('charged'),
      isEnd: true,
      cell: ({ chargedNanoUsd }) => formatMoney(chargedNanoUsd, language),
    },
    {
      key: 'difference',
      name: t('difference'),
      isEnd: true,
      cell: ({ differenceNanoUsd }) => formatMoney(differenceNanoUsd, language),
    },
  ];
  return (
    <section className="stack tight">
      <h2>{t('reviews')}</h2>
      <p className="soft">{t('reviewsText')}</p>
      <PagesOf query={usageReviews} empty={<p className="soft">{t('noReviews')}</p>}>
        {(rows) => <Reviews label={t('reviews')} kind="reviews" rows={rows} columns={columns} />}
      </PagesOf>
    </section>
  );
}

export function PaymentReviews() {
  const t = useWords(ledgerWords);
  const { language } = usePreferences();
  const columns: Column<PaymentReview>[] = [
    { key: 'time', name: t('time'), cell: ({ time }) => formatTime(time, language) },
    { key: 'reason', name: t('reason'), cell: ({ reason }) => <code>{reason}</code> },
    {
      key: 'organization',
      name: t('organization'),
      cell: ({ organizationId }) => <code className="soft">{organizationId ?? '–'}</code>,
    },
  ];
  return (
    <section className="stack tight">
      <h2>{t('payments')}</h2>
      <PagesOf query={paymentReviews} empty={<p className="soft">{t('noReviews')}</p>}>
        {(rows) => <Reviews label={t('payments')} kind="payment-reviews" rows={rows} columns={columns} />}
      </PagesOf>
    </section>
  );
}

interface ReviewsProps<Row extends Review> {
  label: string;
  /** Last part of their path, and name of the query. */
  kind: 'reviews' | 'payment-reviews';
  rows: readonly Row[];
  columns: readonly Column<Row>[];
}

function Reviews<Row extends Review>({ label, kind, rows, columns }: ReviewsProps<Row>) {
  const t = useWords(ledgerWords);
  const g = useWords(general);
  const close = useAction((id: string) => call('POST', `/v1/billing/${kind}/${id}/close`, { body: {} }), [kind]);
  const state: Column<Row> = {
    ...{ key: 'state', name: t('state') },
    cell: (row) => (
      <span className={row.state === 'open' ? 'badge warn' : 'badge'}>
        {t(row.state === 'open' ? 'isOpen' : 'isClosed')}
      </span>
    ),
  };
  const actions = {
    name: g('actions'),
    cell: (row: Row) =>
      row.state === 'closed' ? null : (
        <button type="button" className="button small" onClick={() => close.mutate(row.id)}>
          {t('close')}
        </button>
      ),
  };
  return (
    <>
      <Problem error={close.error} isAction />
      <DataTable label={label} columns={[...columns, state]} rows={rows} idOf={({ id }) => id} actions={actions} />
    </>
  );
}
