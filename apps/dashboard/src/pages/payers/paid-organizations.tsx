import type { PaidOrganizationPage } from '@aggregator/contracts';
import { useState } from 'react';
import { call } from '../../api/call.ts';
import { listQuery } from '../../api/lists.ts';
import { can } from '../../api/permissions.ts';
import { useProfile } from '../../api/queries.ts';
import { Confirm } from '../../components/confirm.tsx';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { Empty } from '../../components/page.tsx';
import { PagesOf } from '../../components/pages-of.tsx';
import { Problem } from '../../components/problem.tsx';
import { RowButton } from '../../components/row-button.tsx';
import { useAction } from '../../components/use-action.ts';
import { formatTime } from '../../format/time.ts';
import { general } from '../../i18n/general-words.ts';
import { usePreferences, useWords } from '../../i18n/preferences.tsx';
import { payerWords } from './payer-words.ts';

type Paid = PaidOrganizationPage['data'][number];

const path = '/v1/billing/paid-organizations';
const paidQuery = listQuery<Paid>('paid-organizations', path);

/** Organisations that this one pays for, or is asked to pay for. */
export function PaidOrganizations() {
  const t = useWords(payerWords);
  return (
    <section className="stack tight">
      <h2>{t('paid')}</h2>
      <PagesOf
        query={paidQuery}
        empty={
          <Empty title={t('none')}>
            <p>{t('noneText')}</p>
          </Empty>
        }
      >
        {(rows) => <Rows rows={rows} />}
      </PagesOf>
    </section>
  );
}

function Rows({ rows }: { rows: readonly Paid[] }) {
  const t = useWords(payerWords);
  const g = useWords(general);
  const { language } = usePreferences();
  const mayPay = can(useProfile(), 'billing.pay');
  const [ending, setEnding] = useState<Paid | null>(null);
  const accept = useAction(
    ({ organizationId }: Paid) => call('POST', `${path}/${organizationId}/accept`),
    ['paid-organizations', 'balance'],
  );
  const columns: Column<Paid>[] = [
    {
      key: 'organization',
      name: t('organization'),
      isHeader: true,
      cell: ({ organizationId }) => <code>{organizationId}</code>,
    },
    { key: 'state', name: t('state'), cell: ({ state }) => t(state) },
    { key: 'since', name: t('since'), cell: ({ since }) => formatTime(since, language) },
  ];
  const buttons = (row: Paid) =>
    row.state === 'detaching' ? null : (
      <span className="row">
        {row.state === 'asked' ? (
          <RowButton
            word={t('accept')}
            of={row.organizationId}
            isDisabled={accept.isPending}
            onClick={() => accept.mutate(row)}
          />
        ) : null}
        <RowButton
          word={t(row.state === 'asked' ? 'refuse' : 'end')}
          of={row.organizationId}
          isDanger
          onClick={() => setEnding(row)}
        />
      </span>
    );
  return (
    <>
      <Problem error={accept.error} isAction />
      <DataTable
        label={t('paid')}
        columns={columns}
        rows={rows}
        idOf={({ organizationId }) => organizationId}
        {...(mayPay && { actions: { name: g('actions'), cell: buttons } })}
      />
      {ending === null ? null : <End row={ending} onClose={() => setEnding(null)} />}
    </>
  );
}

function End({ row: { organizationId }, onClose }: { row: Paid; onClose: () => void }) {
  const t = useWords(payerWords);
  const end = useAction(() => call('DELETE', `${path}/${organizationId}`), ['paid-organizations', 'balance'], onClose);
  return (
    <Confirm
      title={t('endTitle', { name: organizationId })}
      action={t('end')}
      work={{ ...end, mutate: () => end.mutate(undefined) }}
      onClose={onClose}
    >
      <p>{t('endText')}</p>
    </Confirm>
  );
}
