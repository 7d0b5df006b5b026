import type { ReconciliationDifference, ReconciliationReport } from '@aggregator/contracts';
import { useState } from 'react';
import { call } from '../../api/call.ts';
import { listQuery } from '../../api/lists.ts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { Choice, TextField } from '../../components/field.tsx';
import { FormDialog } from '../../components/form-dialog.tsx';
import { Page } from '../../components/page.tsx';
import { PagesOf } from '../../components/pages-of.tsx';
import { RowButton } from '../../components/row-button.tsx';
import { useAction } from '../../components/use-action.ts';
import { formatNumber } from '../../format/numbers.ts';
import { formatTime } from '../../format/time.ts';
import { general } from '../../i18n/general-words.ts';
import { usePreferences, useWords } from '../../i18n/preferences.tsx';
import { reconciliationWords } from './reconciliation-words.ts';

const differencesQuery = listQuery<ReconciliationDifference>('differences', '/v1/billing/differences');
const reportsQuery = listQuery<ReconciliationReport>('reconciliations', '/v1/billing/reconciliations', { limit: '20' });
const verdicts = ['explained', 'corrected'] as const;

export function ReconciliationPage() {
  const t = useWords(reconciliationWords);
  const [judging, setJudging] = useState<ReconciliationDifference | null>(null);
  return (
    <Page title={t('title')} intro={t('intro')}>
      <section className="stack tight">
        <h2>{t('differences')}</h2>
        <PagesOf query={differencesQuery} empty={<p className="note-box good">{t('none')}</p>}>
          {(rows) => <Differences rows={rows} onJudge={setJudging} />}
        </PagesOf>
      </section>
      <section className="stack tight">
        <h2>{t('checks')}</h2>
        <PagesOf query={reportsQuery} empty={<p className="soft">{t('noChecks')}</p>}>
          {(rows) => <Reports rows={rows} />}
        </PagesOf>
      </section>
      {judging === null ? null : <Judge row={judging} onClose={() => setJudging(null)} />}
    </Page>
  );
}

function Facts({ facts }: { facts: Readonly<Record<string, string>> }) {
  return (
    <ul>
      {Object.entries(facts).map(([name, value]) => (
        <li key={name}>
          <span className="soft">{name}</span> {value}
        </li>
      ))}
    </ul>
  );
}

interface Props {
  rows: readonly ReconciliationDifference[];
  onJudge: (row: ReconciliationDifference) => void;
}

function Differences({ rows, onJudge }: Props) {
  const t = useWords(reconciliationWords);
  const g = useWords(general);
  const { language } = usePreferences();
  const columns: Column<ReconciliationDifference>[] = [
    { key: 'subject', name: t('subject'), isHeader: true, cell: ({ subject }) => <code>{subject}</code> },
    { key: 'kind', name: t('kind'), cell: ({ kind }) => t(kind) },
    {
      key: 'organization',
      name: t('organization'),
      cell: ({ organizationId }) => (organizationId === null ? t('installation') : <code>{organizationId}</code>),
    },
    { key: 'details', name: t('details'), cell: ({ details }) => <Facts facts={details} /> },
    { key: 'seen', name: t('seen'), cell: ({ lastSeenAt }) => formatTime(lastSeenAt, language) },
    {
      key: 'state',
      name: t('state'),
      cell: ({ state, verdict, note }) => (
        <>
          <span className={state === 'open' ? 'badge bad' : 'badge'}>{t(verdict ?? state)}</span> {note}
        </>
      ),
    },
  ];
  const actions = {
    name: g('actions'),
    cell: (row: ReconciliationDifference) =>
      row.state === 'open' ? <RowButton word={t('judge')} of={row.subject} onClick={() => onJudge(row)} /> : null,
  };
  return <DataTable label={t('differences')} columns={columns} rows={rows} idOf={({ id }) => id} actions={actions} />;
}

function Judge({ row, onClose }: { row: ReconciliationDifference; onClose: () => void }) {
  const t = useWords(reconciliationWords);
  const judge = useAction(
    (body: object) => call('POST', `/v1/billing/differences/${row.id}/judge`, { body }),
    ['differences'],
    onClose,
  );
  return (
    <FormDialog
      title={t('judgeTitle', { subject: row.subject })}
      action={t('judge')}
      work={judge}
      onSubmit={judge.mutate}
      onClose={onClose}
    >
      <Facts facts={row.details} />
      <Choice label={t('verdict')} name="verdict">
        {verdicts.map((name) => (
          <option key={name} value={name}>
            {t(name)}
          </option>
        ))}
      </Choice>
      <TextField label={t('note')} name="note" maxLength={500} required autoFocus />
    </FormDialog>
  );
}

function Reports({ rows }: { rows: readonly ReconciliationReport[] }) {
  const t = useWords(reconciliationWords);
  const { language } = usePreferences();
  const columns: Column<ReconciliationReport>[] = [
    { key: 'kind', name: t('kind'), isHeader: true, cell: ({ kind }) => t(kind) },
    { key: 'time', name: t('time'), cell: ({ time }) => formatTime(time, language) },
    {
      key: 'found',
      name: t('found'),
      isEnd: true,
      cell: ({ differences }) => (
        <span className={differences === 0 ? 'good' : 'bad'}>{formatNumber(differences, language)}</span>
      ),
    },
    { key: 'facts', name: t('facts'), cell: ({ facts }) => <Facts facts={facts} /> },
  ];
  return <DataTable label={t('checks')} columns={columns} rows={rows} idOf={({ id }) => id} />;
}
