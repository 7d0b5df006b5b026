import type { Webhook, WebhookDelivery } from '@aggregator/contracts';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/call.ts';
import { listQuery } from '../../api/lists.ts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { Choice } from '../../components/field.tsx';
import { PagesOf } from '../../components/pages-of.tsx';
import { Problem } from '../../components/problem.tsx';
import { RowButton } from '../../components/row-button.tsx';
import { useAction } from '../../components/use-action.ts';
import { formatNumber } from '../../format/numbers.ts';
import { formatTime } from '../../format/time.ts';
import { general } from '../../i18n/general-words.ts';
import { usePreferences, useWords } from '../../i18n/preferences.tsx';
import { webhookWords } from './webhook-words.ts';

const states = ['waiting', 'delivered', 'failed'] as const;
const tones = { waiting: 'warn', delivered: 'good', failed: 'bad' } as const;
const pathOf = (id: string) => `/v1/auth/organization/webhooks/${id}/deliveries`;

/** What was sent to an endpoint, newest first. */
export function Deliveries({ webhook }: { webhook: Webhook }) {
  const t = useWords(webhookWords);
  const queries = useQueryClient();
  const [state, setState] = useState('');
  const query = listQuery<WebhookDelivery>('deliveries', pathOf(webhook.id), state === '' ? {} : { state });
  return (
    <section className="stack tight">
      <div className="row spread bottom">
        <h2>{t('logOf', { name: webhook.name })}</h2>
        <div className="row bottom">
          <Choice label={t('state')} value={state} onChange={(event) => setState(event.target.value)}>
            <option value="">{t('any')}</option>
            {states.map((name) => (
              <option key={name} value={name}>
                {t(name)}
              </option>
            ))}
          </Choice>
          <button
            type="button"
            className="button"
            onClick={() => void queries.invalidateQueries({ queryKey: ['deliveries'] })}
          >
            {t('refresh')}
          </button>
        </div>
      </div>
      <PagesOf query={query} empty={<p className="soft">{t('noDeliveries')}</p>}>
        {(rows) => <Rows webhook={webhook} rows={rows} />}
      </PagesOf>
    </section>
  );
}

function Rows({ webhook, rows }: { webhook: Webhook; rows: readonly WebhookDelivery[] }) {
  const t = useWords(webhookWords);
  const g = useWords(general);
  const { language } = usePreferences();
  const replay = useAction(
    (id: string) => call('POST', `${pathOf(webhook.id)}/${id}/replay`, { body: {} }),
    ['deliveries'],
  );
  const columns: Column<WebhookDelivery>[] = [
    { key: 'time', name: t('time'), cell: ({ createdAt }) => formatTime(createdAt, language) },
    { key: 'type', name: t('type'), cell: ({ type }) => <code>{type}</code> },
    {
      key: 'state',
      name: t('state'),
      cell: ({ state }) => <span className={`badge ${tones[state]}`}>{t(state)}</span>,
    },
    { key: 'attempts', name: t('attempts'), isEnd: true, cell: ({ attempts }) => formatNumber(attempts, language) },
    {
      key: 'answer',
      name: t('answer'),
      cell: ({ status, reason, response }) => (
        <>
          {[status, reason].filter((part) => part !== null).join(' ') || '–'}{' '}
          {response === null || response === '' ? null : <code className="soft">{response}</code>}
        </>
      ),
    },
  ];
  const actions = {
    name: g('actions'),
    cell: ({ id, type, state }: WebhookDelivery) =>
      state === 'waiting' ? null : (
        <RowButton word={t('replay')} of={type} isDisabled={replay.isPending} onClick={() => replay.mutate(id)} />
      ),
  };
  return (
    <>
      <Problem error={replay.error} isAction />
      <DataTable
        label={t('logOf', { name: webhook.name })}
        columns={columns}
        rows={rows}
        idOf={({ id }) => id}
        actions={actions}
      />
    </>
  );
}
