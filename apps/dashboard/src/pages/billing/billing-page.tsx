import type { BalanceAnswer, Transaction } from '@aggregator/contracts';
import { toCsv } from '@aggregator/contracts/csv';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { listQuery } from '../../api/lists.ts';
import { balanceQuery } from '../../api/money.ts';
import { can } from '../../api/permissions.ts';
import { useProfile } from '../../api/queries.ts';
import { rangeOf, usageQuery } from '../../api/usage.ts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { Load } from '../../components/load.tsx';
import { Empty, Page } from '../../components/page.tsx';
import { PagesOf } from '../../components/pages-of.tsx';
import { saveFile } from '../../components/save-file.ts';
import { formatMoney, formatMoneyShort } from '../../format/money.ts';
import { formatNumber } from '../../format/numbers.ts';
import { endOfHour, formatTime, formatUtcDay } from '../../format/time.ts';
import { usePreferences, useWords } from '../../i18n/preferences.tsx';
import { AutomaticTopUps } from './automatic-top-up.tsx';
import { billingWords } from './billing-words.ts';
import { PromotionalCredits } from './promotional-credits.tsx';
import { runwayDays, runwayDaysMax } from './runway.ts';
import { topUpWords } from './top-up-words.ts';
import { AddMoney, TopUps } from './top-ups.tsx';
import { transactionWords } from './transaction-words.ts';

const transactionsQuery = listQuery<Transaction>('transactions', '/v1/billing/transactions', { limit: '50' });
const paceDays = 7;

export function BillingPage() {
  const t = useWords(billingWords);
  const topUp = useWords(topUpWords);
  const balance = useQuery(balanceQuery);
  const mayPay = can(useProfile(), 'billing.pay');
  const [isPaying, setPaying] = useState(false);
  return (
    <Page
      title={t('title')}
      intro={t('intro')}
      {...(mayPay && {
        actions: (
          <button type="button" className="button primary" onClick={() => setPaying(true)}>
            {topUp('add')}
          </button>
        ),
      })}
    >
      <Load query={balance} lines={3}>
        {(data) => <Tiles balance={data} />}
      </Load>
      <section className="stack tight">
        <h2>{t('statement')}</h2>
        <PagesOf query={transactionsQuery} empty={<Nothing />}>
          {(rows) => <Statement rows={rows} />}
        </PagesOf>
      </section>
      <PromotionalCredits />
      {mayPay ? <TopUps /> : null}
      {mayPay ? <AutomaticTopUps /> : null}
      {isPaying ? <AddMoney onClose={() => setPaying(false)} /> : null}
    </Page>
  );
}

function Nothing() {
  const t = useWords(billingWords);
  return (
    <Empty title={t('none')}>
      <p>{t('noneText')}</p>
    </Empty>
  );
}

function Tiles({ balance }: { balance: BalanceAnswer }) {
  const t = useWords(billingWords);
  const { language } = usePreferences();
  const ranges = useMemo(() => {
    const now = new Date();
    const fromMs = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1);
    return { month: { fromMs, toMs: endOfHour(now.getTime()) }, pace: rangeOf('7d', now.getTime()) };
  }, []);
  const month = useQuery(usageQuery(ranges.month, 'day')).data?.totals.costNanoUsd;
  const pace = useQuery(usageQuery(ranges.pace, 'day')).data?.totals.costNanoUsd;
  const lasts = pace === undefined ? undefined : runwayDays(BigInt(balance.balanceNanoUsd), BigInt(pace), paceDays);
  const toText = (days: number | null) => {
    if (days === null) return '–';
    return days === runwayDaysMax ? t('tenYears') : t('days', { count: formatNumber(days, language) });
  };
  const tiles = [
    { name: t('balance'), amount: balance.balanceNanoUsd, note: formatMoney(balance.balanceNanoUsd, language) },
    { name: t('held'), amount: balance.heldNanoUsd, note: t('heldNote') },
    {
      name: t('month'),
      amount: month,
      note: t('monthNote', { day: formatUtcDay(new Date(ranges.month.fromMs).toISOString(), language) }),
    },
  ];
  return (
    <div className="tiles">
      {tiles.map(({ name, amount, note }) => (
        <div key={name} className="tile">
          <span className="name">{name}</span>
          <span className="value">{amount === undefined ? '…' : formatMoneyShort(amount, language)}</span>
          <span className="note">{note}</span>
        </div>
      ))}
      <div className="tile">
        <span className="name">{t('forecast')}</span>
        <span className="value">{lasts === undefined ? '…' : toText(lasts)}</span>
        <span className="note">{lasts === null ? t('noSpend') : t('forecastNote')}</span>
      </div>
    </div>
  );
}

function Statement({ rows }: { rows: readonly Transaction[] }) {
  const t = useWords(billingWords);
  const kind = useWords(transactionWords);
  const { language } = usePreferences();
  const columns: Column<Transaction>[] = [
    { key: 'time', name: t('time'), cell: ({ time }) => formatTime(time, language) },
    { key: 'type', name: t('type'), cell: ({ type }) => kind(type) },
    { key: 'description', name: t('description'), cell: ({ description }) => description },
    {
      key: 'request',
      name: t('request'),
      cell: ({ requestId }) =>
        requestId === undefined ? (
          '–'
        ) : (
          <Link to="/requests" search={{ id: requestId }}>
            {t('why')}
            <span className="hidden-visually"> {requestId}</span>
          </Link>
        ),
    },
    {
      key: 'amount',
      name: t('amount'),
      isEnd: true,
      cell: ({ amountNanoUsd }) => (
        <span className={amountNanoUsd.startsWith('-') ? undefined : 'good'}>
          {formatMoney(amountNanoUsd, language)}
        </span>
      ),
    },
  ];
  const save = () => {
    const head = ['id', 'time', 'type', 'amountNanoUsd', 'requestId', 'description'];
    const cells = rows.map((row) => [
      ...[row.id, row.time, row.type, row.amountNanoUsd, row.requestId ?? '', row.description],
    ]);
    saveFile('statement.csv', 'text/csv', toCsv([head, ...cells]));
  };
  return (
    <>
      <DataTable label={t('statement')} columns={columns} rows={rows} idOf={({ id }) => id} />
      <p className="row">
        <button type="button" className="button small" onClick={save}>
          {t('csv')}
        </button>
        <span className="soft">{t('csvNote')}</span>
      </p>
    </>
  );
}
