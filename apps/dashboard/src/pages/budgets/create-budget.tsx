import { useState } from 'react';
import { call } from '../../api/call.ts';
import { Dialog } from '../../components/dialog.tsx';
import { readForm } from '../../components/door.tsx';
import { Choice, TextField } from '../../components/field.tsx';
import { Problem } from '../../components/problem.tsx';
import { useAction } from '../../components/use-action.ts';
import { parseMoney } from '../../format/money.ts';
import { general } from '../../i18n/general-words.ts';
import { useWords } from '../../i18n/preferences.tsx';
import { budgetWords } from './budget-words.ts';
import { type Level, levels, useSubjects } from './subjects.ts';

const periods = ['day', 'week', 'month', 'total'] as const;
const modes = ['hard', 'warn'] as const;

export function CreateBudget({ onClose }: { onClose: () => void }) {
  const t = useWords(budgetWords);
  const g = useWords(general);
  const [level, setLevel] = useState<Level>('organization');
  const [fault, setFault] = useState<string | null>(null);
  const subjects = useSubjects(level);
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
    create.mutate({ ...rest, level, timeZone, amountNanoUsd: String(nano) });
  };
  return (
    <Dialog title={t('create')} isOpen onClose={onClose}>
      <form className="stack" onSubmit={(event) => submit(readForm(event))}>
        <TextField label={g('name')} name="name" maxLength={100} required autoFocus />
        <div className="columns">
          <Choice label={t('level')} value={level} onChange={(event) => setLevel(event.target.value as Level)}>
            {levels.map((name) => (
              <option key={name} value={name}>
                {t(name)}
              </option>
            ))}
          </Choice>
          {level === 'organization' ? null : (
            <Choice label={t('subject')} name="subjectId" required>
              {subjects.map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
            </Choice>
          )}
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
