import { useQuery, useQueryClient } from '@tanstack/react-query';
import { membershipsQuery } from '../api/queries.ts';
import { session } from '../api/session.ts';
import { useWords } from '../i18n/preferences.tsx';
import { navigationWords } from './navigation-words.ts';

/** The organisation that the pages are about; a choice if the person is in several. */
export function OrganizationPicker() {
  const t = useWords(navigationWords);
  const queries = useQueryClient();
  const memberships = useQuery(membershipsQuery).data?.data ?? [];
  const current = memberships.find(({ isCurrent }) => isCurrent);
  const change = async (organizationId: string) => {
    // If it is refused, the pages say why: they ask again with the token of before.
    await session.enter(organizationId).catch(() => undefined);
    await queries.resetQueries();
  };
  if (memberships.length < 2) return <p className="soft">{current?.organizationName ?? '\u00a0'}</p>;
  return (
    <select
      className="preference"
      aria-label={t('organization')}
      value={current?.organizationId}
      onChange={(event) => void change(event.target.value)}
    >
      {memberships.map(({ organizationId, organizationName }) => (
        <option key={organizationId} value={organizationId}>
          {organizationName}
        </option>
      ))}
    </select>
  );
}
