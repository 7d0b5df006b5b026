import type { CreatedWebhook, Webhook } from '@aggregator/contracts';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { call, get } from '../../api/call.ts';
import { Confirm } from '../../components/confirm.tsx';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { Load } from '../../components/load.tsx';
import { Empty, Page } from '../../components/page.tsx';
import { Problem } from '../../components/problem.tsx';
import { RowButton } from '../../components/row-button.tsx';
import { SecretDialog } from '../../components/secret-dialog.tsx';
import { useAction } from '../../components/use-action.ts';
import { formatDay } from '../../format/time.ts';
import { general } from '../../i18n/general-words.ts';
import { usePreferences, useWords } from '../../i18n/preferences.tsx';
import { Deliveries } from './deliveries.tsx';
import { NewWebhook } from './new-webhook.tsx';
import { webhookWords } from './webhook-words.ts';

const path = '/v1/auth/organization/webhooks';

type Opened = { kind: 'create' } | { kind: 'secret'; created: CreatedWebhook } | { kind: 'remove'; row: Webhook };

export function WebhooksPage() {
  const t = useWords(webhookWords);
  const [opened, setOpened] = useState<Opened | null>(null);
  const [shown, setShown] = useState<Webhook | null>(null);
  const close = () => setOpened(null);
  const webhooks = useQuery({
    queryKey: ['webhooks'],
    queryFn: ({ signal }) => get<{ data: Webhook[] }>(path, {}, signal),
  });
  return (
    <Page
      title={t('title')}
      intro={t('intro')}
      actions={
        <button type="button" className="button primary" onClick={() => setOpened({ kind: 'create' })}>
          {t('create')}
        </button>
      }
    >
      <Load query={webhooks} lines={4}>
        {({ data }) =>
          data.length === 0 ? (
            <Empty title={t('none')}>
              <p>{t('noneText')}</p>
            </Empty>
          ) : (
            <Endpoints rows={data} onShow={setShown} onRemove={(row) => setOpened({ kind: 'remove', row })} />
          )
        }
      </Load>
      {shown === null ? null : <Deliveries webhook={shown} />}
      {opened?.kind === 'create' ? (
        <NewWebhook onClose={close} onCreated={(created) => setOpened({ kind: 'secret', created })} />
      ) : null}
      {opened?.kind === 'secret' ? (
        <SecretDialog title={t('secretTitle')} text={t('secretText')} secret={opened.created.secret} onClose={close} />
      ) : null}
      {opened?.kind === 'remove' ? (
        <DeleteWebhook
          row={opened.row}
          onClose={close}
          onDeleted={(id) => setShown((held) => (held?.id === id ? null : held))}
        />
      ) : null}
    </Page>
  );
}

interface Props {
  rows: readonly Webhook[];
  onShow: (row: Webhook) => void;
  onRemove: (row: Webhook) => void;
}

function Endpoints({ rows, onShow, onRemove }: Props) {
  const t = useWords(webhookWords);
  const g = useWords(general);
  const { language } = usePreferences();
  const test = useAction(
    async (row: Webhook) => {
      await call('POST', `${path}/${row.id}/test`, { body: {} });
      return row;
    },
    ['deliveries'],
    onShow,
  );
  const columns: Column<Webhook>[] = [
    { key: 'name', name: g('name'), isHeader: true, cell: ({ name }) => name },
    { key: 'url', name: t('url'), cell: ({ url }) => <code className="soft">{url}</code> },
    { key: 'events', name: t('events'), cell: ({ events }) => events.join(', ') },
    { key: 'since', name: t('since'), cell: ({ createdAt }) => formatDay(createdAt, language) },
  ];
  const actions = {
    name: g('actions'),
    cell: (row: Webhook) => (
      <>
        <RowButton word={t('log')} of={row.name} onClick={() => onShow(row)} />
        <RowButton word={t('test')} of={row.name} isDisabled={test.isPending} onClick={() => test.mutate(row)} />
        <RowButton word={t('remove')} of={row.name} isDanger onClick={() => onRemove(row)} />
      </>
    ),
  };
  return (
    <>
      <Problem error={test.error} isAction />
      <DataTable label={t('title')} columns={columns} rows={rows} idOf={({ id }) => id} actions={actions} />
    </>
  );
}

interface LeaveProps {
  row: Webhook;
  onClose: () => void;
  onDeleted: (id: string) => void;
}

function DeleteWebhook({ row, onClose, onDeleted }: LeaveProps) {
  const t = useWords(webhookWords);
  const remove = useAction(
    () => call('DELETE', `${path}/${row.id}`),
    ['webhooks'],
    () => {
      onDeleted(row.id);
      onClose();
    },
  );
  const work = { ...remove, mutate: () => remove.mutate(undefined) };
  return (
    <Confirm title={t('removeTitle', { name: row.name })} action={t('remove')} work={work} onClose={onClose}>
      <p>{t('removeText')}</p>
    </Confirm>
  );
}
