import type { CreatedApiKey, Team } from '@aggregator/contracts';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/call.ts';
import { listQuery } from '../../api/lists.ts';
import { can } from '../../api/permissions.ts';
import { useProfile } from '../../api/queries.ts';
import { Dialog } from '../../components/dialog.tsx';
import { readForm } from '../../components/door.tsx';
import { Choice, TextArea, TextField } from '../../components/field.tsx';
import { Problem } from '../../components/problem.tsx';
import { useAction } from '../../components/use-action.ts';
import { general } from '../../i18n/general-words.ts';
import { useWords } from '../../i18n/preferences.tsx';
import { dayAfter, type KeyForm, type Preset, presets, toKeyRequest } from './key-presets.ts';
import { keyWords } from './key-words.ts';

/** The form of a new key, as a dialog. */
export function CreateKey({ onClose, onCreated }: { onClose: () => void; onCreated: (key: CreatedApiKey) => void }) {
  const t = useWords(keyWords);
  const g = useWords(general);
  const user = useProfile();
  // No member is offered a right that the own role lacks.
  const offered = presets.filter(({ scopes }) => !scopes.includes('billing:read') || can(user, 'billing.read'));
  const [preset, setPreset] = useState<Preset>(offered[0] ?? (presets[0] as Preset));
  const create = useAction(
    (form: KeyForm) => call<CreatedApiKey>('POST', '/v1/auth/api-keys', { body: toKeyRequest(form, preset) }),
    ['keys'],
    onCreated,
  );
  return (
    <Dialog title={t('createTitle')} isOpen onClose={onClose}>
      <form className="stack" onSubmit={(event) => create.mutate(readForm(event))}>
        <TextField label={g('name')} name="name" maxLength={100} required autoFocus />
        <Choice
          label={t('purpose')}
          value={preset.word}
          onChange={(event) => setPreset(presets.find(({ word }) => word === event.target.value) ?? preset)}
          hint={preset.scopes.join(', ')}
        >
          {offered.map(({ word }) => (
            <option key={word} value={word}>
              {t(word)}
            </option>
          ))}
        </Choice>
        <Restrictions key={preset.word} preset={preset} />
        <Problem error={create.error} isAction />
        <div className="row end">
          <button type="button" className="button" onClick={onClose}>
            {g('cancel')}
          </button>
          <button type="submit" className="button primary" disabled={create.isPending}>
            {t('create')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function Restrictions({ preset }: { preset: Preset }) {
  const t = useWords(keyWords);
  const expires = preset.days === undefined ? '' : dayAfter(preset.days, new Date());
  return (
    <details open={preset.days !== undefined}>
      <summary>{t('restrict')}</summary>
      <div className="stack">
        <div className="columns">
          <TextField label={t('expires')} hint={t('expiresHint')} name="expires" type="date" defaultValue={expires} />
          <TeamChoice />
        </div>
        <TextArea label={t('models')} hint={t('modelsHint')} name="models" rows={3} spellCheck={false} />
        <TextArea label={t('addresses')} hint={t('addressesHint')} name="addresses" rows={2} spellCheck={false} />
        <TextArea label={t('origins')} hint={t('originsHint')} name="origins" rows={2} spellCheck={false} />
        <div className="tiles">
          <NumberField label={t('rpm')} name="requestsPerMinute" value={preset.requestsPerMinute} max={1_000_000} />
          <NumberField label={t('tpm')} name="tokensPerMinute" max={1_000_000_000} />
          <NumberField label={t('atOnce')} name="concurrentRequests" max={100_000} />
        </div>
        <p className="soft">{t('limitsHint')}</p>
      </div>
    </details>
  );
}

function NumberField({ label, name, value, max }: { label: string; name: string; value?: number; max: number }) {
  return <TextField label={label} name={name} type="number" min={1} max={max} step={1} defaultValue={value} />;
}

function TeamChoice() {
  const t = useWords(keyWords);
  const user = useProfile();
  const teams = useInfiniteQuery({
    ...listQuery<Team>('teams', '/v1/auth/organization/teams'),
    enabled: can(user, 'teams.read'),
  });
  const rows = teams.data?.pages.flatMap(({ data }) => data) ?? [];
  return (
    <Choice label={t('team')} name="teamId" disabled={rows.length === 0}>
      <option value="">{t('noTeam')}</option>
      {rows.map(({ id, name }) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </Choice>
  );
}
