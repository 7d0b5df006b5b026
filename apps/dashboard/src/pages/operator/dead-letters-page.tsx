import type { DeadLetter, DeadLetterReplay, DeadLetterWithBody } from '@aggregator/contracts';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { call, get } from '../../api/call.ts';
import { listQuery } from '../../api/lists.ts';
import { CodeBlock } from '../../components/code-block.tsx';
import { Confirm } from '../../components/confirm.tsx';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { Load } from '../../components/load.tsx';
import { Empty, Page } from '../../components/page.tsx';
import { PagesOf } from '../../components/pages-of.tsx';
import { Problem } from '../../components/problem.tsx';
import { RowButton } from '../../components/row-button.tsx';
import { useAction } from '../../components/use-action.ts';
import { formatTime } from '../../format/time.ts';
import { general } from '../../i18n/general-words.ts';
import { usePreferences, useWords } from '../../i18n/preferences.tsx';
import { deadLetterWords } from './dead-letter-words.ts';

const path = '/v1/billing/dead-letters';
const lettersQuery = listQuery<DeadLetter>('dead-letters', path);

type Opened = { kind: 'show' | 'drop'; row: DeadLetter };

export function DeadLettersPage() {
  const t = useWords(deadLetterWords);
  const [opened, setOpened] = useState<Opened | null>(null);
  const close = () => setOpened(null);
  const replay = useAction(
    async (row: DeadLetter) => ({
      row,
      replay: await call<DeadLetterReplay>('POST', `${path}/${row.id}/replay`, { body: {} }),
    }),
    ['dead-letters', 'transactions', 'balance'],
  );
  return (
    <Page title={t('title')} intro={t('intro')}>
      <Problem error={replay.error} isAction />
      <p role="status">{replay.data === undefined ? '' : <Replayed {...replay.data} />}</p>
      <PagesOf
        query={lettersQuery}
        empty={
          <Empty title={t('none')}>
            <p>{t('noneText')}</p>
          </Empty>
        }
      >
        {(rows) => <Letters rows={rows} onOpen={setOpened} onReplay={replay.mutate} isBusy={replay.isPending} />}
      </PagesOf>
      {opened?.kind === 'show' ? <Body row={opened.row} onClose={close} /> : null}
      {opened?.kind === 'drop' ? <Drop row={opened.row} onClose={close} /> : null}
    </Page>
  );
}

function Replayed({ row, replay: { result, reason } }: { row: DeadLetter; replay: DeadLetterReplay }) {
  const t = useWords(deadLetterWords);
  return (
    <span className={result === 'handled' ? 'good' : 'bad'}>
      {t(result, { id: row.eventId, reason: reason ?? '' })}
    </span>
  );
}

interface Props {
  rows: readonly DeadLetter[];
  onOpen: (opened: Opened) => void;
  onReplay: (row: DeadLetter) => void;
  isBusy: boolean;
}

function Letters({ rows, onOpen, onReplay, isBusy }: Props) {
  const t = useWords(deadLetterWords);
  const g = useWords(general);
  const { language } = usePreferences();
  const columns: Column<DeadLetter>[] = [
    { key: 'event', name: t('event'), isHeader: true, cell: ({ eventId }) => <code>{eventId}</code> },
    { key: 'time', name: t('time'), cell: ({ time }) => formatTime(time, language) },
    { key: 'reason', name: t('reason'), cell: ({ reason }) => <code>{reason}</code> },
  ];
  const actions = {
    name: g('actions'),
    cell: (row: DeadLetter) => (
      <>
        <RowButton word={t('show')} of={row.eventId} onClick={() => onOpen({ kind: 'show', row })} />
        <RowButton word={t('replay')} of={row.eventId} isDisabled={isBusy} onClick={() => onReplay(row)} />
        <RowButton word={t('drop')} of={row.eventId} isDanger onClick={() => onOpen({ kind: 'drop', row })} />
      </>
    ),
  };
  return <DataTable label={t('title')} columns={columns} rows={rows} idOf={({ id }) => id} actions={actions} />;
}

function Body({ row, onClose }: { row: DeadLetter; onClose: () => void }) {
  const t = useWords(deadLetterWords);
  const g = useWords(general);
  const letter = useQuery({
    queryKey: ['dead-letter', row.id],
    queryFn: ({ signal }) => get<DeadLetterWithBody>(`${path}/${row.id}`, {}, signal),
  });
  return (
    <Dialog title={t('showTitle')} isOpen onClose={onClose}>
      <Load query={letter}>{({ body }) => <CodeBlock text={body} label={t('showTitle')} />}</Load>
      <div className="row end">
        <button type="button" className="button" onClick={onClose}>
          {g('close')}
        </button>
      </div>
    </Dialog>
  );
}

function Drop({ row, onClose }: { row: DeadLetter; onClose: () => void }) {
  const t = useWords(deadLetterWords);
  const drop = useAction(() => call('DELETE', `${path}/${row.id}`), ['dead-letters'], onClose);
  const work = { ...drop, mutate: () => drop.mutate(undefined) };
  return (
    <Confirm title={t('dropTitle', { id: row.eventId })} action={t('drop')} work={work} onClose={onClose}>
      <p>{t('dropText')}</p>
    </Confirm>
  );
}
