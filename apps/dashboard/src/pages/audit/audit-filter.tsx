import type { Member } from '@aggregator/contracts';
import { useInfiniteQuery } from '@tanstack/react-query';
import { download } from '../../api/download.ts';
import { listQuery } from '../../api/lists.ts';
import { can } from '../../api/permissions.ts';
import { useProfile } from '../../api/queries.ts';
import { readForm } from '../../components/door.tsx';
import { Choice, TextField } from '../../components/field.tsx';
import { Problem } from '../../components/problem.tsx';
import { useAction } from '../../components/use-action.ts';
import { general } from '../../i18n/general-words.ts';
import { useWords } from '../../i18n/preferences.tsx';
import { auditWords } from './audit-words.ts';

/** Query of the list of entries; empty texts narrow nothing. */
export type AuditFilter = Readonly<Record<'action' | 'subjectId' | 'actorUserId' | 'from' | 'to', string>>;
export const noFilter: AuditFilter = { action: '', subjectId: '', actorUserId: '', from: '', to: '' };

/** The members of the organisation, for those who may read them. */
export function useMembers(): readonly Member[] {
  const user = useProfile();
  const members = useInfiniteQuery({
    ...listQuery<Member>('members', '/v1/auth/organization/members', { limit: '100' }),
    enabled: can(user, 'members.read'),
  });
  return members.data?.pages.flatMap(({ data }) => data) ?? [];
}

/** Returns the first instant of a day in this browser's time zone, or of the day after it. */
function toInstant(day: string, daysLater: number): string {
  if (day === '') return '';
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return new Date(year, month - 1, date + daysLater).toISOString();
}

/** Narrows the list of entries, and saves what fits as a file. */
export function FilterForm({ filter, onChange }: { filter: AuditFilter; onChange: (filter: AuditFilter) => void }) {
  const t = useWords(auditWords);
  const g = useWords(general);
  const members = useMembers();
  const save = useAction((format: 'csv' | 'ndjson') => {
    const said = Object.entries(filter).filter(([, value]) => value !== '');
    return download(`audit.${format}`, '/v1/auth/audit', { ...Object.fromEntries(said), format });
  });
  const submit = ({ action = '', subjectId = '', actorUserId = '', from = '', to = '' }: Record<string, string>) =>
    onChange({
      ...{ action: action.trim(), subjectId: subjectId.trim(), actorUserId },
      ...{ from: toInstant(from, 0), to: toInstant(to, 1) },
    });
  return (
    <form className="stack tight" onSubmit={(event) => submit(readForm(event))}>
      <div className="columns">
        <TextField label={t('action')} name="action" placeholder="api_key_created" spellCheck={false} />
        <TextField label={t('subjectId')} name="subjectId" spellCheck={false} />
        <Choice label={t('actor')} name="actorUserId">
          <option value="">{g('all')}</option>
          {members.map(({ userId, name }) => (
            <option key={userId} value={userId}>
              {name}
            </option>
          ))}
        </Choice>
        <TextField label={t('firstDay')} name="from" type="date" />
        <TextField label={t('lastDay')} name="to" type="date" />
      </div>
      <Problem error={save.error} isAction />
      <div className="row">
        <button type="submit" className="button primary">
          {t('find')}
        </button>
        {(['csv', 'ndjson'] as const).map((format) => (
          <button
            key={format}
            type="button"
            className="button"
            disabled={save.isPending}
            onClick={() => save.mutate(format)}
          >
            {t(format)}
          </button>
        ))}
      </div>
    </form>
  );
}
