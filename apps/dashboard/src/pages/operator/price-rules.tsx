import type { PriceRuleChange, PriceRuleRow } from '@aggregator/contracts';
import { useState } from 'react';
import { call } from '../../api/call.ts';
import { listQuery } from '../../api/lists.ts';
import { Confirm } from '../../components/confirm.tsx';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { TextField } from '../../components/field.tsx';
import { FormDialog } from '../../components/form-dialog.tsx';
import { PagesOf } from '../../components/pages-of.tsx';
import { RowButton } from '../../components/row-button.tsx';
import { useAction } from '../../components/use-action.ts';
import { formatSignedPercent } from '../../format/numbers.ts';
import { formatTime } from '../../format/time.ts';
import { general } from '../../i18n/general-words.ts';
import { usePreferences, useWords } from '../../i18n/preferences.tsx';
import { parsePercent, toPercent } from './price-percent.ts';
import { priceRuleWords } from './price-rule-words.ts';
import { spanState, spanTones } from './price-state.ts';
import { priceWords } from './price-words.ts';

const path = '/v1/orchestrator/price-rules';
const rulesQuery = listQuery<PriceRuleRow>('price-rules', path, { limit: '100' });

type Opened = { kind: 'add' } | { kind: 'warning'; text: string } | { kind: 'end'; row: PriceRuleRow };

export function PriceRules() {
  const t = useWords(priceRuleWords);
  const [opened, setOpened] = useState<Opened | null>(null);
  const close = () => setOpened(null);
  return (
    <section className="stack tight">
      <div className="row spread">
        <h2>{t('title')}</h2>
        <button type="button" className="button" onClick={() => setOpened({ kind: 'add' })}>
          {t('add')}
        </button>
      </div>
      <p className="soft">{t('intro')}</p>
      {opened?.kind === 'warning' ? (
        <p className="note-box warn" role="status">
          {opened.text}
        </p>
      ) : null}
      <PagesOf query={rulesQuery} empty={<p className="soft">{t('none')}</p>}>
        {(rows) => <Rules rows={rows} onEnd={(row) => setOpened({ kind: 'end', row })} />}
      </PagesOf>
      {opened?.kind === 'add' ? (
        <AddRule
          onClose={close}
          onAdded={({ warning }) => setOpened(warning === undefined ? null : { kind: 'warning', text: warning })}
        />
      ) : null}
      {opened?.kind === 'end' ? <EndRule row={opened.row} onClose={close} /> : null}
    </section>
  );
}

function Rules({ rows, onEnd }: { rows: readonly PriceRuleRow[]; onEnd: (row: PriceRuleRow) => void }) {
  const t = useWords(priceRuleWords);
  const p = useWords(priceWords);
  const g = useWords(general);
  const { language } = usePreferences();
  const columns: Column<PriceRuleRow>[] = [
    { key: 'models', name: t('models'), isHeader: true, cell: ({ models }) => <code>{models}</code> },
    {
      key: 'change',
      name: t('change'),
      isEnd: true,
      cell: ({ multiplierPpm }) => formatSignedPercent(toPercent(multiplierPpm), language),
    },
    {
      key: 'organization',
      name: t('organization'),
      cell: ({ organizationId }) => (organizationId === null ? t('everyone') : <code>{organizationId}</code>),
    },
    {
      key: 'state',
      name: p('state'),
      cell: (row) => {
        const state = spanState(row, Date.now());
        return <span className={`badge ${spanTones[state]}`}>{p(state)}</span>;
      },
    },
    { key: 'from', name: p('from'), cell: ({ effectiveFrom }) => formatTime(effectiveFrom, language) },
    {
      key: 'to',
      name: p('to'),
      cell: ({ effectiveTo }) => (effectiveTo === null ? p('open') : formatTime(effectiveTo, language)),
    },
    { key: 'note', name: p('note'), cell: ({ note }) => note ?? '–' },
  ];
  const actions = {
    name: g('actions'),
    cell: (row: PriceRuleRow) =>
      spanState(row, Date.now()) === 'ended' || row.source !== 'api' ? null : (
        <RowButton word={p('end')} of={row.models} isDanger onClick={() => onEnd(row)} />
      ),
  };
  return <DataTable label={t('title')} columns={columns} rows={rows} idOf={({ id }) => id} actions={actions} />;
}

function AddRule({ onClose, onAdded }: { onClose: () => void; onAdded: (change: PriceRuleChange) => void }) {
  const t = useWords(priceRuleWords);
  const p = useWords(priceWords);
  const [fault, setFault] = useState<string | null>(null);
  const add = useAction(
    (body: object) => call<PriceRuleChange>('POST', path, { body }),
    ['price-rules', 'models'],
    onAdded,
  );
  const submit = ({ models, change = '', organizationId, from, note }: Record<string, string>) => {
    const multiplierPpm = parsePercent(change);
    setFault(multiplierPpm === null ? t('badChange') : null);
    if (multiplierPpm === null) return;
    add.mutate({
      ...{ models, multiplierPpm, ...(organizationId && { organizationId: organizationId.trim() }) },
      ...(from && { effectiveFrom: new Date(from).toISOString() }),
      ...(note && { note }),
    });
  };
  return (
    <FormDialog title={t('add')} action={t('add')} work={add} onSubmit={submit} onClose={onClose}>
      <TextField label={t('models')} hint={t('modelsHint')} name="models" spellCheck={false} required autoFocus />
      <TextField label={t('change')} hint={t('changeHint')} fault={fault} name="change" inputMode="text" required />
      <TextField label={t('organization')} hint={t('organizationHint')} name="organizationId" spellCheck={false} />
      <TextField label={p('from')} hint={p('now')} name="from" type="datetime-local" />
      <TextField label={p('note')} name="note" maxLength={500} />
    </FormDialog>
  );
}

function EndRule({ row, onClose }: { row: PriceRuleRow; onClose: () => void }) {
  const t = useWords(priceRuleWords);
  const p = useWords(priceWords);
  const end = useAction(() => call('DELETE', `${path}/${row.id}`), ['price-rules', 'models'], onClose);
  const work = { ...end, mutate: () => end.mutate(undefined) };
  return (
    <Confirm title={t('endTitle', { models: row.models })} action={p('end')} work={work} onClose={onClose}>
      <p>{p('endText')}</p>
    </Confirm>
  );
}
