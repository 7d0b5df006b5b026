import type { BudgetStatus } from '@aggregator/contracts';
import { useState } from 'react';
import { call } from '../../api/call.ts';
import { listQuery } from '../../api/lists.ts';
import { Confirm } from '../../components/confirm.tsx';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { Empty, Page } from '../../components/page.tsx';
import { PagesOf } from '../../components/pages-of.tsx';
import { useAction } from '../../components/use-action.ts';
import { formatMoney, formatMoneyShort } from '../../format/money.ts';
import { formatPercent } from '../../format/numbers.ts';
import { formatTime } from '../../format/time.ts';
import { general } from '../../i18n/general-words.ts';
import { usePreferences, useWords } from '../../i18n/preferences.tsx';
import { budgetWords } from './budget-words.ts';
import { CreateBudget } from './create-budget.tsx';
import { useSubjectNames } from './subjects.ts';

const budgetsQuery = listQuery<BudgetStatus>('budgets', '/v1/billing/budgets');

export function BudgetsPage() {
  const t = useWords(budgetWords);
  const [isCreating, setCreating] = useState(false);
  const [leaving, setLeaving] = useState<BudgetStatus | null>(null);
  return (
    <Page
      title={t('title')}
      intro={t('intro')}
      actions={
        <button type="button" className="button primary" onClick={() => setCreating(true)}>
          {t('create')}
        </button>
      }
    >
      <PagesOf
        query={budgetsQuery}
        empty={
          <Empty title={t('none')}>
            <p>{t('noneText')}</p>
          </Empty>
        }
      >
        {(rows) => <Budgets rows={rows} onRemove={setLeaving} />}
      </PagesOf>
      {isCreating ? <CreateBudget onClose={() => setCreating(false)} /> : null}
      {leaving === null ? null : <DeleteBudget row={leaving} onClose={() => setLeaving(null)} />}
    </Page>
  );
}

function Budgets({ rows, onRemove }: { rows: readonly BudgetStatus[]; onRemove: (row: BudgetStatus) => void }) {
  const t = useWords(budgetWords);
  const g = useWords(general);
  const { language } = usePreferences();
  const nameOf = useSubjectNames();
  const columns: Column<BudgetStatus>[] = [
    { key: 'name', name: g('name'), isHeader: true, cell: ({ name }) => name },
    { key: 'level', name: t('level'), cell: (row) => `${t(row.level)} ${nameOf(row) ?? ''}` },
    { key: 'period', name: t('period'), cell: ({ period }) => t(period) },
    { key: 'spent', name: t('spent'), cell: (row) => <Spent row={row} /> },
    {
      key: 'held',
      name: t('held'),
      isEnd: true,
      cell: ({ heldNanoUsd }) => (heldNanoUsd === null ? '–' : formatMoney(heldNanoUsd, language)),
    },
    {
      key: 'forecast',
      name: t('forecast'),
      isEnd: true,
      cell: ({ forecastNanoUsd }) => (forecastNanoUsd === null ? '–' : formatMoneyShort(forecastNanoUsd, language)),
    },
    {
      key: 'ends',
      name: t('ends'),
      cell: ({ periodEnd }) => (periodEnd === null ? g('never') : formatTime(periodEnd, language)),
    },
  ];
  const actions = {
    name: g('actions'),
    cell: (row: BudgetStatus) => (
      <button type="button" className="button small quiet danger" onClick={() => onRemove(row)}>
        {t('remove')}
        <span className="hidden-visually"> {row.name}</span>
      </button>
    ),
  };
  return <DataTable label={t('title')} columns={columns} rows={rows} idOf={({ id }) => id} actions={actions} />;
}

function Spent({ row }: { row: BudgetStatus }) {
  const t = useWords(budgetWords);
  const { language } = usePreferences();
  const amount = BigInt(row.amountNanoUsd);
  const percent = Number((BigInt(row.spentNanoUsd) * 100n) / amount);
  return (
    <>
      {formatMoney(row.spentNanoUsd, language)}{' '}
      <span className={percent >= 80 ? 'badge warn' : 'badge'}>
        {t('share', { share: formatPercent(percent, language), amount: formatMoney(amount, language) })}
      </span>
      <span className="meter">
        <span className={percent >= 80 ? 'part warn' : 'part'} style={{ width: `${Math.min(100, percent)}%` }} />
      </span>
    </>
  );
}

function DeleteBudget({ row, onClose }: { row: BudgetStatus; onClose: () => void }) {
  const t = useWords(budgetWords);
  const remove = useAction(() => call('DELETE', `/v1/auth/organization/budgets/${row.id}`), ['budgets'], onClose);
  const work = { ...remove, mutate: () => remove.mutate(undefined) };
  return (
    <Confirm title={t('removeTitle', { name: row.name })} action={t('remove')} work={work} onClose={onClose}>
      <p>{t('removeText')}</p>
    </Confirm>
  );
}
