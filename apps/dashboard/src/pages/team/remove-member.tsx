import type { Member } from '@aggregator/contracts';
import { useState } from 'react';
import { call } from '../../api/call.ts';
import { Confirm } from '../../components/confirm.tsx';
import { Choice } from '../../components/field.tsx';
import { useAction } from '../../components/use-action.ts';
import { useWords } from '../../i18n/preferences.tsx';
import { membersQuery, useRows } from './members.ts';
import { teamWords } from './team-words.ts';

export function RemoveMember({ row, onClose }: { row: Member; onClose: () => void }) {
  const t = useWords(teamWords);
  const [heir, setHeir] = useState('');
  const others = useRows(membersQuery).filter(({ userId }) => userId !== row.userId);
  const remove = useAction(
    () =>
      call('DELETE', `/v1/auth/organization/members/${row.userId}`, {
        query: { handKeysTo: heir === '' ? undefined : heir },
      }),
    ['members', 'keys'],
    onClose,
  );
  const work = { ...remove, mutate: () => remove.mutate(undefined) };
  return (
    <Confirm title={t('removeTitle', { name: row.name })} action={t('remove')} work={work} onClose={onClose}>
      <p>{t('removeText')}</p>
      <Choice label={t('handTo')} value={heir} onChange={(event) => setHeir(event.target.value)}>
        <option value="">{t('revokeKeys')}</option>
        {others.map(({ userId, name }) => (
          <option key={userId} value={userId}>
            {t('handKeys', { name })}
          </option>
        ))}
      </Choice>
    </Confirm>
  );
}
