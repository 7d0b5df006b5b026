import type { ApiKey, CreatedApiKey } from '@aggregator/contracts';
import { useState } from 'react';
import { call } from '../../api/call.ts';
import { Confirm } from '../../components/confirm.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { Choice } from '../../components/field.tsx';
import { Problem } from '../../components/problem.tsx';
import { SecretDialog } from '../../components/secret-dialog.tsx';
import { useAction } from '../../components/use-action.ts';
import { general } from '../../i18n/general-words.ts';
import { useWords } from '../../i18n/preferences.tsx';
import { SnippetTabs } from '../../snippets/snippet-tabs.tsx';
import { keyWords } from './key-words.ts';

/** The key itself, this one time, and how to use it. */
export function Secret({ created, onClose }: { created: CreatedApiKey; onClose: () => void }) {
  const t = useWords(keyWords);
  const body = { model: created.models?.[0] ?? 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hello' }] };
  return (
    <SecretDialog title={t('secretTitle')} text={t('secretText')} secret={created.key} onClose={onClose}>
      {created.scopes.includes('ai:invoke') ? (
        <SnippetTabs request={{ baseUrl: `${window.location.origin}/v1`, apiKey: created.key, body }} />
      ) : null}
    </SecretDialog>
  );
}

const overlaps = ['0', '3600', '86400'] as const;

export function RotateKey({
  row,
  onClose,
  onCreated,
}: {
  row: ApiKey;
  onClose: () => void;
  onCreated: (key: CreatedApiKey) => void;
}) {
  const t = useWords(keyWords);
  const g = useWords(general);
  const [overlap, setOverlap] = useState<string>('3600');
  const rotate = useAction(
    () =>
      call<CreatedApiKey>('POST', `/v1/auth/api-keys/${row.id}/rotate`, {
        body: {},
        query: { overlapSeconds: overlap },
      }),
    ['keys'],
    onCreated,
  );
  return (
    <Dialog title={t('rotateTitle', { name: row.name })} isOpen onClose={onClose}>
      <p>{t('rotateText')}</p>
      <Choice label={t('overlap')} value={overlap} onChange={(event) => setOverlap(event.target.value)}>
        {overlaps.map((seconds) => (
          <option key={seconds} value={seconds}>
            {t(`overlap${seconds}`)}
          </option>
        ))}
      </Choice>
      <Problem error={rotate.error} isAction />
      <div className="row end">
        <button type="button" className="button" onClick={onClose}>
          {g('cancel')}
        </button>
        <button
          type="button"
          className="button primary"
          disabled={rotate.isPending}
          onClick={() => rotate.mutate(undefined)}
        >
          {t('rotate')}
        </button>
      </div>
    </Dialog>
  );
}

export function RevokeKey({ row, onClose }: { row: ApiKey; onClose: () => void }) {
  const t = useWords(keyWords);
  const revoke = useAction(() => call('DELETE', `/v1/auth/api-keys/${row.id}`), ['keys'], onClose);
  const work = { ...revoke, mutate: () => revoke.mutate(undefined) };
  return (
    <Confirm title={t('revokeTitle', { name: row.name })} action={t('revoke')} work={work} onClose={onClose}>
      <p>{t('revokeText')}</p>
    </Confirm>
  );
}
