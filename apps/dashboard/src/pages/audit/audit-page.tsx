import type { AuditEntryRow } from '@aggregator/contracts';
import { useState } from 'react';
import { listQuery } from '../../api/lists.ts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { Empty, Page } from '../../components/page.tsx';
import { PagesOf } from '../../components/pages-of.tsx';
import { formatTime } from '../../format/time.ts';
import { usePreferences, useWords } from '../../i18n/preferences.tsx';
import { FilterForm, noFilter, useMembers } from './audit-filter.tsx';
import { auditWords } from './audit-words.ts';

export function AuditPage() {
  const t = useWords(auditWords);
  const [filter, setFilter] = useState(noFilter);
  const query = listQuery<AuditEntryRow>('audit', '/v1/auth/audit', filter);
  return (
    <Page title={t('title')} intro={t('intro')}>
      <FilterForm filter={filter} onChange={setFilter} />
      <PagesOf query={query} empty={<Empty title={t('none')} />}>
        {(rows) => <Entries rows={rows} />}
      </PagesOf>
    </Page>
  );
}

function Entries({ rows }: { rows: readonly AuditEntryRow[] }) {
  const t = useWords(auditWords);
  const { language } = usePreferences();
  const names = new Map(useMembers().map(({ userId, name }) => [userId, name]));
  const columns: Column<AuditEntryRow>[] = [
    { key: 'time', name: t('time'), cell: ({ time }) => formatTime(time, language) },
    { key: 'action', name: t('action'), cell: ({ action }) => <code>{action}</code> },
    {
      key: 'actor',
      name: t('actor'),
      cell: ({ actorUserId }) => (actorUserId === null ? t('installation') : (names.get(actorUserId) ?? actorUserId)),
    },
    {
      key: 'subject',
      name: t('subject'),
      cell: ({ subjectType, subjectId }) => (
        <>
          {subjectType} <code className="soft">{names.get(subjectId) ?? subjectId}</code>
        </>
      ),
    },
    { key: 'details', name: t('details'), cell: ({ details }) => <Details details={details} /> },
  ];
  return <DataTable label={t('title')} columns={columns} rows={rows} idOf={({ id }) => id} />;
}

function Details({ details }: { details: Readonly<Record<string, unknown>> }) {
  const entries = Object.entries(details);
  if (entries.length === 0) return '–';
  return (
    <code className="soft wrap">
      {entries
        .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
        .join('; ')}
    </code>
  );
}
