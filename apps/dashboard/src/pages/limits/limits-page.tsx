import type { Limit, LimitStatus } from '@aggregator/contracts';
import { useState } from 'react';
import { call } from '../../api/call.ts';
import { listQuery } from '../../api/lists.ts';
import { Confirm } from '../../components/confirm.tsx';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { Empty, Page } from '../../components/page.tsx';
import { PagesOf } from '../../components/pages-of.tsx';
import { RowButton } from '../../components/row-button.tsx';
import { useAction } from '../../components/use-action.ts';
import { formatNumber } from '../../format/numbers.ts';
import { general } from '../../i18n/general-words.ts';
import { usePreferences, useWords } from '../../i18n/preferences.tsx';
import { useSubjectNames } from '../budgets/subjects.ts';
import { counts, EditLimit } from './edit-limit.tsx';
import { limitWords } from './limit-words.ts';
import { TagKeys } from './tag-keys.tsx';

const limitsQuery = listQuery<LimitStatus>('limits', '/v1/billing/limits');

export function LimitsPage() {
  const t = useWords(limitWords);
  const [editing, setEditing] = useState<Limit | 'new' | null>(null);
  const [leaving, setLeaving] = useState<Limit | null>(null);
  return (
    <Page
      title={t('title')}
      intro={t('intro')}
      actions={
        <button type="button" className="button primary" onClick={() => setEditing('new')}>
          {t('create')}
        </button>
      }
    >
      <PagesOf
        query={limitsQuery}
        empty={
          <Empty title={t('none')}>
            <p>{t('noneText')}</p>
          </Empty>
        }
      >
        {(rows) => <Limits rows={rows} onEdit={setEditing} onRemove={setLeaving} />}
      </PagesOf>
      <TagKeys />
      {editing === null ? null : (
        <EditLimit known={editing === 'new' ? null : editing} onClose={() => setEditing(null)} />
      )}
      {leaving === null ? null : <DeleteLimit row={leaving} onClose={() => setLeaving(null)} />}
    </Page>
  );
}

interface Props {
  rows: readonly LimitStatus[];
  onEdit: (row: Limit) => void;
  onRemove: (row: Limit) => void;
}

function Limits({ rows, onEdit, onRemove }: Props) {
  const t = useWords(limitWords);
  const g = useWords(general);
  const { language } = usePreferences();
  const nameOf = useSubjectNames();
  const columns: Column<LimitStatus>[] = [
    { key: 'name', name: g('name'), isHeader: true, cell: ({ name }) => name },
    { key: 'level', name: t('level'), cell: (row) => `${t(row.level)} ${nameOf(row) ?? ''}` },
    ...counts.map((count) => ({
      ...{ key: count, name: t(count), isEnd: true },
      cell: (row: LimitStatus) => showUse(row, count, language, t),
    })),
    { key: 'models', name: t('models'), cell: ({ models }) => models?.join(', ') ?? t('all') },
  ];
  const actions = {
    name: g('actions'),
    cell: (row: LimitStatus) => (
      <>
        <RowButton word={t('edit')} of={row.name} onClick={() => onEdit(row)} />
        <RowButton word={t('remove')} of={row.name} isDanger onClick={() => onRemove(row)} />
      </>
    ),
  };
  return <DataTable label={t('title')} columns={columns} rows={rows} idOf={({ id }) => id} actions={actions} />;
}

/** What is used of what is allowed; what is allowed alone while the use is not known. */
function showUse(
  row: LimitStatus,
  count: (typeof counts)[number],
  language: string,
  t: (word: 'ofLimit', values: { used: string; limit: string }) => string,
): string {
  const allowed = row[count];
  if (allowed === null) return '–';
  const limit = formatNumber(allowed, language);
  const use = row.use?.[count];
  return use == null ? limit : t('ofLimit', { used: formatNumber(use.used, language), limit });
}

function DeleteLimit({ row, onClose }: { row: Limit; onClose: () => void }) {
  const t = useWords(limitWords);
  const remove = useAction(() => call('DELETE', `/v1/auth/organization/limits/${row.id}`), ['limits'], onClose);
  const work = { ...remove, mutate: () => remove.mutate(undefined) };
  return (
    <Confirm title={t('removeTitle', { name: row.name })} action={t('remove')} work={work} onClose={onClose}>
      <p>{t('removeText')}</p>
    </Confirm>
  );
}
