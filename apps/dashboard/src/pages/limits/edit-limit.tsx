import type { Limit } from '@aggregator/contracts';
import { useState } from 'react';
import { call } from '../../api/call.ts';
import { TextField } from '../../components/field.tsx';
import { FormDialog } from '../../components/form-dialog.tsx';
import { useAction } from '../../components/use-action.ts';
import { splitNames } from '../../format/names.ts';
import { general } from '../../i18n/general-words.ts';
import { useWords } from '../../i18n/preferences.tsx';
import { SubjectFields } from '../budgets/subject-fields.tsx';
import type { Level } from '../budgets/subjects.ts';
import { limitWords } from './limit-words.ts';

export const counts = ['requestsPerMinute', 'tokensPerMinute', 'concurrentRequests'] as const;
const most = { requestsPerMinute: 1_000_000, tokensPerMinute: 1_000_000_000, concurrentRequests: 100_000 } as const;
const path = '/v1/auth/organization/limits';

/** Creates a limit, or changes one; whose it is stays. */
export function EditLimit({ known, onClose }: { known: Limit | null; onClose: () => void }) {
  const t = useWords(limitWords);
  const g = useWords(general);
  const [level, setLevel] = useState<Level>('organization');
  const [fault, setFault] = useState<string | null>(null);
  const save = useAction(
    (body: object) => (known === null ? call('POST', path, { body }) : call('PATCH', `${path}/${known.id}`, { body })),
    ['limits'],
    onClose,
  );
  const submit = ({ models = '', ...rest }: Record<string, string>) => {
    const names = splitNames(models);
    const numbers = counts.map((name) => [name, rest[name] === '' ? null : Number(rest[name])] as const);
    const isEmpty = numbers.every(([, number]) => number === null);
    setFault(isEmpty ? t('oneAtLeast') : null);
    if (!isEmpty) save.mutate({ ...rest, ...Object.fromEntries(numbers), models: names.length === 0 ? null : names });
  };
  const title = known === null ? t('create') : t('editTitle', { name: known.name });
  return (
    <FormDialog
      title={title}
      action={known === null ? t('create') : g('save')}
      work={save}
      onSubmit={submit}
      onClose={onClose}
    >
      <TextField label={g('name')} name="name" defaultValue={known?.name} maxLength={100} required autoFocus />
      <div className="columns">
        {known === null ? <SubjectFields level={level} onLevel={setLevel} /> : null}
        {counts.map((name, at) => (
          <TextField
            key={name}
            label={t(name)}
            hint={t('empty')}
            name={name}
            type="number"
            min={1}
            max={most[name]}
            defaultValue={known?.[name] ?? ''}
            fault={at === 0 ? fault : null}
          />
        ))}
      </div>
      <TextField
        label={t('models')}
        hint={t('modelsHint')}
        name="models"
        defaultValue={known?.models?.join(', ')}
        spellCheck={false}
      />
    </FormDialog>
  );
}
