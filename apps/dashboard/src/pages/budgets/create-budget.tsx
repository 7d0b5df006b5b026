import { useState } from 'react';
import { call } from '../../api/call.ts';
import { Choice, TextField } from '../../components/field.tsx';
import { FormDialog } from '../../components/form-dialog.tsx';
import { useAction } from '../../components/use-action.ts';
import { parseMoney } from '../../format/money.ts';
import { general } from '../../i18n/general-words.ts';
import { useWords } from '../../i18n/preferences.tsx';
import { budgetWords } from './budget-words.ts';
import { SubjectFields } from './subject-fields.tsx';
import type { Level } from './subjects.ts';

const periods = ['day', 'week', 'month', 'total'] as const;
const modes = ['hard', 'warn'] as const;

export function CreateBudget({ onClose }: { onClose: () => void }) {
  const t = useWords(budgetWords);
  const g = useWords(general);
  const [level, setLevel] = useState<Level>('organization');
  const [fault, setFault] = useState<string | null>(null);
  const create = useAction(
    (body: object) => call('POST', '/v1/auth/organization/budgets', { body }),
    ['budgets'],
    onClose,
  );
  const submit = ({ amount = '', ...rest }: Record<string, string>) => {
    const nano = parseMoney(amount);
    const isBad = nano === null || nano <= 0n;
    setFault(isBad ? t('badAmount') : null);
    if (isBad) return;
    // A period begins at midnight of the place where the person is.
    const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
    create.mutate({ ...rest, timeZone, amountNanoUsd: String(nano) });
  };
  return (
    <FormDialog title={t('create')} action={t('create')} work={create} onSubmit={submit} onClose={onClose}>
      <TextField label={g('name')} name="name" maxLength={100} required autoFocus />
      <div className="columns">
        <SubjectFields level={level} onLevel={setLevel} />
        <Choice label={t('period')} name="period" defaultValue="month">
          {periods.map((name) => (
            <option key={name} value={name}>
              {t(name)}
            </option>
          ))}
        </Choice>
        <TextField label={t('amount')} name="amount" inputMode="decimal" fault={fault} required />
        <Choice label={t('mode')} name="mode" defaultValue="hard">
          {modes.map((name) => (
            <option key={name} value={name}>
              {t(name)}
            </option>
          ))}
        </Choice>
      </div>
    </FormDialog>
  );
}
