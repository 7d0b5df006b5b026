import type { InvoicePage } from '@aggregator/contracts';
import { download } from '../../api/download.ts';
import { listQuery } from '../../api/lists.ts';
import { can } from '../../api/permissions.ts';
import { useProfile } from '../../api/queries.ts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { Empty, Page } from '../../components/page.tsx';
import { PagesOf } from '../../components/pages-of.tsx';
import { Problem } from '../../components/problem.tsx';
import { useAction } from '../../components/use-action.ts';
import { formatCents } from '../../format/money.ts';
import { formatDay } from '../../format/time.ts';
import { general } from '../../i18n/general-words.ts';
import { usePreferences, useWords } from '../../i18n/preferences.tsx';
import { invoiceWords } from './invoice-words.ts';
import { MonthOfMoney } from './month-of-money.tsx';
import { Payer } from './payer.tsx';

type Row = InvoicePage['data'][number];

const invoicesQuery = listQuery<Row>('invoices', '/v1/billing/invoices');
const formats = ['pdf', 'csv', 'json'] as const;

export function InvoicesPage() {
  const t = useWords(invoiceWords);
  const mayPay = can(useProfile(), 'billing.pay');
  return (
    <Page title={t('title')} intro={t('intro')}>
      <section className="stack tight">
        <h2>{t('list')}</h2>
        <PagesOf
          query={invoicesQuery}
          empty={
            <Empty title={t('none')}>
              <p>{t('noneText')}</p>
            </Empty>
          }
        >
          {(rows) => <Invoices rows={rows} />}
        </PagesOf>
      </section>
      <MonthOfMoney />
      {mayPay ? <Payer /> : null}
    </Page>
  );
}

function Invoices({ rows }: { rows: readonly Row[] }) {
  const t = useWords(invoiceWords);
  const g = useWords(general);
  const { language } = usePreferences();
  const save = useAction(({ id, number, format }: { id: string; number: string; format: string }) =>
    download(`${number}.${format}`, `/v1/billing/invoices/${id}`, { format }),
  );
  const columns: Column<Row>[] = [
    { key: 'number', name: t('number'), isHeader: true, cell: ({ number }) => number },
    { key: 'kind', name: t('kind'), cell: ({ kind }) => t(kind) },
    { key: 'period', name: t('period'), cell: ({ period }) => period },
    { key: 'issued', name: t('issued'), cell: ({ issuedAt }) => formatDay(issuedAt, language) },
    { key: 'total', name: t('total'), isEnd: true, cell: ({ totalCents }) => formatCents(totalCents, language) },
  ];
  const actions = {
    name: g('actions'),
    cell: ({ id, number }: Row) =>
      formats.map((format) => (
        <button
          key={format}
          type="button"
          className="button small"
          aria-label={t('save', { number, format: format.toUpperCase() })}
          onClick={() => save.mutate({ id, number, format })}
        >
          {format.toUpperCase()}
        </button>
      )),
  };
  return (
    <>
      <Problem error={save.error} isAction />
      <DataTable label={t('list')} columns={columns} rows={rows} idOf={({ id }) => id} actions={actions} />
    </>
  );
}
