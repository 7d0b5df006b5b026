import type { BulkJob } from '@aggregator/contracts';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { call } from '../../api/call.ts';
import { download } from '../../api/download.ts';
import { readForm } from '../../components/door.tsx';
import { Check, TextArea, TextField } from '../../components/field.tsx';
import { Page } from '../../components/page.tsx';
import { Problem } from '../../components/problem.tsx';
import { useAction } from '../../components/use-action.ts';
import { useWords } from '../../i18n/preferences.tsx';
import { bulkWords } from './bulk-words.ts';
import { Job } from './job.tsx';

const path = '/v1/auth/organization/bulk';
const charactersMax = 1_000_000;

/** A list of people is sent, and its progress is shown. The address contains the job, so that it is found again. */
export function BulkPage() {
  const t = useWords(bulkWords);
  const { job }: { job?: string } = useSearch({ strict: false });
  const save = useAction(() => download('members.csv', `${path}/export`, { format: 'csv' }));
  return (
    <Page title={t('title')} intro={t('intro')}>
      <List />
      {job === undefined ? null : <Job key={job} id={job} />}
      <Problem error={save.error} isAction />
      <div>
        <button type="button" className="button" disabled={save.isPending} onClick={() => save.mutate(undefined)}>
          {t('export')}
        </button>
      </div>
    </Page>
  );
}

function List() {
  const t = useWords(bulkWords);
  const navigate = useNavigate();
  const [csv, setCsv] = useState('');
  const [fault, setFault] = useState<string | null>(null);
  const start = useAction(
    (body: object) => call<BulkJob>('POST', path, { body }),
    [],
    ({ id }) => void navigate({ to: '/bulk', search: { job: id } }),
  );
  const read = async (file: File | undefined) => {
    if (file === undefined) return;
    if (file.size > charactersMax) setFault(t('tooLong'));
    else setCsv(await file.text());
  };
  const submit = ({ dryRun }: Record<string, string>) => {
    const isEmpty = csv.trim() === '';
    setFault(isEmpty ? t('empty') : null);
    if (!isEmpty) start.mutate({ csv, dryRun: dryRun === 'on' });
  };
  return (
    <form className="card stack" onSubmit={(event) => submit(readForm(event))}>
      <h2>{t('list')}</h2>
      <TextField
        label={t('file')}
        type="file"
        accept=".csv,text/csv"
        onChange={(event) => void read(event.target.files?.[0])}
      />
      <TextArea
        label={t('csv')}
        hint={t('csvHint')}
        fault={fault}
        value={csv}
        maxLength={charactersMax}
        rows={6}
        spellCheck={false}
        placeholder={'email,name,role,teams\nada@example.com,Ada,developer,red;blue'}
        onChange={(event) => setCsv(event.target.value)}
      />
      <Check label={t('dryRun')} name="dryRun" defaultChecked />
      <Problem error={start.error} isAction />
      <div>
        <button type="submit" className="button primary" disabled={start.isPending}>
          {t('start')}
        </button>
      </div>
    </form>
  );
}
