import type { BankTransfer } from '@aggregator/contracts';
import { useState } from 'react';
import { listQuery } from '../../api/lists.ts';
import { useProfile } from '../../api/queries.ts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { Empty, Page } from '../../components/page.tsx';
import { PagesOf } from '../../components/pages-of.tsx';
import { RowButton } from '../../components/row-button.tsx';
import { formatMoney } from '../../format/money.ts';
import { formatTime } from '../../format/time.ts';
import { general } from '../../i18n/general-words.ts';
import { usePreferences, useWords } from '../../i18n/preferences.tsx';
import { DecideTransfer, type Decision } from './decide-transfer.tsx';
import { EnterTransfer } from './enter-transfer.tsx';
import { transferWords } from './transfer-words.ts';

const transfersQuery = listQuery<BankTransfer>('bank-transfers', '/v1/billing/bank-transfers', { limit: '50' });

/** Money that came by bank, entered by one operator and approved by another one. */
export function TransfersPage() {
  const t = useWords(transferWords);
  const [isEntering, setEntering] = useState(false);
  const [decision, setDecision] = useState<Decision | null>(null);
  return (
    <Page
      title={t('title')}
      intro={t('intro')}
      actions={
        <button type="button" className="button primary" onClick={() => setEntering(true)}>
          {t('add')}
        </button>
      }
    >
      <PagesOf
        query={transfersQuery}
        empty={
          <Empty title={t('none')}>
            <p>{t('noneText')}</p>
          </Empty>
        }
      >
        {(rows) => <Transfers rows={rows} onDecide={setDecision} />}
      </PagesOf>
      {isEntering ? <EnterTransfer onClose={() => setEntering(false)} /> : null}
      {decision === null ? null : <DecideTransfer decision={decision} onClose={() => setDecision(null)} />}
    </Page>
  );
}

const badges = { proposed: 'badge', approved: 'badge good', rejected: 'badge bad' } as const;

function Transfers({ rows, onDecide }: { rows: readonly BankTransfer[]; onDecide: (decision: Decision) => void }) {
  const t = useWords(transferWords);
  const g = useWords(general);
  const { language } = usePreferences();
  const me = useProfile()?.id;
  const columns: Column<BankTransfer>[] = [
    { key: 'reference', name: t('reference'), isHeader: true, cell: ({ bankReference }) => bankReference },
    { key: 'description', name: t('description'), cell: ({ description }) => description },
    {
      key: 'organization',
      name: t('organization'),
      cell: ({ organizationId }) => <code className="soft">{organizationId}</code>,
    },
    {
      key: 'amount',
      name: t('amount'),
      isEnd: true,
      cell: ({ amountNanoUsd }) => formatMoney(amountNanoUsd, language),
    },
    { key: 'time', name: t('time'), cell: ({ time }) => formatTime(time, language) },
    { key: 'state', name: t('state'), cell: ({ state }) => <span className={badges[state]}>{t(state)}</span> },
  ];
  // The one who entered a transfer cannot approve it.
  const buttons = (row: BankTransfer) =>
    row.state !== 'proposed' ? null : (
      <span className="row">
        {row.proposedBy === me ? null : (
          <RowButton
            word={t('approve')}
            of={row.bankReference}
            onClick={() => onDecide({ transfer: row, verb: 'approve' })}
          />
        )}
        <RowButton
          word={t('reject')}
          of={row.bankReference}
          isDanger
          onClick={() => onDecide({ transfer: row, verb: 'reject' })}
        />
      </span>
    );
  return (
    <DataTable
      label={t('title')}
      columns={columns}
      rows={rows}
      idOf={({ id }) => id}
      actions={{ name: g('actions'), cell: buttons }}
    />
  );
}
