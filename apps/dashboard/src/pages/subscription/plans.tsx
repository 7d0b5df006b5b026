import type { Plan, Subscription } from '@aggregator/contracts';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { call, get } from '../../api/call.ts';
import { can } from '../../api/permissions.ts';
import { useProfile } from '../../api/queries.ts';
import { Confirm } from '../../components/confirm.tsx';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { Load } from '../../components/load.tsx';
import { Empty } from '../../components/page.tsx';
import { RowButton } from '../../components/row-button.tsx';
import { useAction } from '../../components/use-action.ts';
import { formatMoney } from '../../format/money.ts';
import { general } from '../../i18n/general-words.ts';
import { usePreferences, useWords } from '../../i18n/preferences.tsx';
import { subscriptionWords } from './subscription-words.ts';

interface Props {
  current: Subscription | null;
  onChoose: (plan: Plan) => void;
}

export function Plans(props: Props) {
  const t = useWords(subscriptionWords);
  const plans = useQuery({
    queryKey: ['plans'],
    queryFn: ({ signal }) => get<{ data: Plan[] }>('/v1/billing/plans', {}, signal),
  });
  return (
    <section className="stack tight">
      <h2>{t('plans')}</h2>
      <Load query={plans} lines={4}>
        {({ data }) =>
          data.length === 0 ? (
            <Empty title={t('noPlans')}>
              <p>{t('noPlansText')}</p>
            </Empty>
          ) : (
            <Rows rows={data} {...props} />
          )
        }
      </Load>
    </section>
  );
}

function Rows({ rows, current, onChoose }: { rows: readonly Plan[] } & Props) {
  const t = useWords(subscriptionWords);
  const g = useWords(general);
  const { language } = usePreferences();
  const user = useProfile();
  const [leaving, setLeaving] = useState<Plan | null>(null);
  const heldId = current === null || current.state === 'ended' ? null : current.plan.id;
  const columns: Column<Plan>[] = [
    {
      key: 'name',
      name: g('name'),
      isHeader: true,
      cell: ({ id, name, isRetired }) => (
        <>
          {name} {id === heldId ? <span className="badge good">{t('yours')}</span> : null}
          {isRetired ? <span className="badge">{t('retired')}</span> : null}
        </>
      ),
    },
    {
      key: 'trial',
      name: t('trial'),
      cell: ({ trialDays }) => (trialDays === 0 ? '–' : t('days', { count: trialDays })),
    },
    {
      key: 'credit',
      name: t('credit'),
      isEnd: true,
      cell: ({ includedCreditNanoUsd }) => formatMoney(includedCreditNanoUsd, language),
    },
    { key: 'fee', name: t('fee'), isEnd: true, cell: ({ feeNanoUsd }) => formatMoney(feeNanoUsd, language) },
  ];
  const actions = {
    name: g('actions'),
    cell: (row: Plan) => (
      <>
        {row.isRetired || row.id === heldId || !can(user, 'billing.pay') ? null : (
          <RowButton word={t('choose')} of={row.name} onClick={() => onChoose(row)} />
        )}
        {row.isRetired || !can(user, 'billing.manage') ? null : (
          <RowButton word={t('retire')} of={row.name} isDanger onClick={() => setLeaving(row)} />
        )}
      </>
    ),
  };
  return (
    <>
      <DataTable label={t('plans')} columns={columns} rows={rows} idOf={({ id }) => id} actions={actions} />
      {leaving === null ? null : <Retire row={leaving} onClose={() => setLeaving(null)} />}
    </>
  );
}

function Retire({ row, onClose }: { row: Plan; onClose: () => void }) {
  const t = useWords(subscriptionWords);
  const retire = useAction(() => call('DELETE', `/v1/billing/plans/${row.id}`), ['plans'], onClose);
  const work = { ...retire, mutate: () => retire.mutate(undefined) };
  return (
    <Confirm title={t('retireTitle', { name: row.name })} action={t('retire')} work={work} onClose={onClose}>
      <p>{t('retireText')}</p>
    </Confirm>
  );
}
