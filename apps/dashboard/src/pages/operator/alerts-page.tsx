import type { Alert, AlertTest } from '@aggregator/contracts';
import { call } from '../../api/call.ts';
import { listQuery } from '../../api/lists.ts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { Page } from '../../components/page.tsx';
import { PagesOf } from '../../components/pages-of.tsx';
import { Problem } from '../../components/problem.tsx';
import { useAction } from '../../components/use-action.ts';
import { formatTime } from '../../format/time.ts';
import { general } from '../../i18n/general-words.ts';
import { usePreferences, useWords } from '../../i18n/preferences.tsx';
import { alertWords } from './alert-words.ts';
import { Silences } from './silences.tsx';

const alertsQuery = listQuery<Alert>('alerts', '/v1/analytics/alerts');
const silenceMs = 4 * 3_600_000;

export function AlertsPage() {
  const t = useWords(alertWords);
  return (
    <Page title={t('title')} intro={t('intro')}>
      <ChannelTest />
      <PagesOf query={alertsQuery} empty={<p className="soft">{t('none')}</p>}>
        {(rows) => <Alerts rows={rows} />}
      </PagesOf>
      <Silences />
    </Page>
  );
}

/** Sends a test to every channel, and shows what became of it. */
function ChannelTest() {
  const t = useWords(alertWords);
  const test = useAction((_: undefined) => call<AlertTest>('POST', '/v1/analytics/alerts/test', { body: {} }));
  return (
    <section className="stack tight">
      <div>
        <button type="button" className="button" disabled={test.isPending} onClick={() => test.mutate(undefined)}>
          {t('test')}
        </button>
      </div>
      <Problem error={test.error} isAction />
      <div role="status">
        {test.data?.data.length === 0 ? <p>{t('noChannel')}</p> : null}
        {test.data?.data.map(({ channel, reason }) => (
          <p key={channel}>
            <code>{channel}</code>{' '}
            <span className={reason === null ? 'badge good' : 'badge bad'}>{reason ?? t('sent')}</span>
          </p>
        ))}
      </div>
    </section>
  );
}

function Alerts({ rows }: { rows: readonly Alert[] }) {
  const t = useWords(alertWords);
  const g = useWords(general);
  const { language } = usePreferences();
  const silence = useAction(
    ({ rule, labels }: Alert) =>
      call('POST', '/v1/analytics/silences', {
        body: { rule, labels, until: new Date(Date.now() + silenceMs).toISOString() },
      }),
    ['alerts', 'silences'],
  );
  const columns: Column<Alert>[] = [
    {
      ...{ key: 'alert', name: t('alert'), isHeader: true },
      cell: ({ rule, summary, runbook, runbookUrl }) => (
        <>
          {summary} <code className="soft">{rule}</code>{' '}
          {runbookUrl === null ? (
            <code className="soft">{runbook}</code>
          ) : (
            <a href={runbookUrl} rel="noreferrer">
              {t('runbook')}
            </a>
          )}
        </>
      ),
    },
    { key: 'state', name: t('state'), cell: (row) => <State row={row} /> },
    { key: 'since', name: t('since'), cell: ({ since }) => formatTime(since, language) },
    {
      key: 'ended',
      name: t('ended'),
      cell: ({ clearedAt }) => (clearedAt === null ? '–' : formatTime(clearedAt, language)),
    },
  ];
  const actions = {
    name: g('actions'),
    cell: (row: Alert) =>
      row.state === 'cleared' || row.isSilenced ? null : (
        <button type="button" className="button small" onClick={() => silence.mutate(row)}>
          {t('silence')}
        </button>
      ),
  };
  return (
    <>
      <Problem error={silence.error} isAction />
      <DataTable label={t('title')} columns={columns} rows={rows} idOf={({ id }) => id} actions={actions} />
    </>
  );
}

function State({ row: { state, severity, isSilenced } }: { row: Alert }) {
  const t = useWords(alertWords);
  const tone = state === 'cleared' ? '' : severity === 'critical' ? 'bad' : 'warn';
  return (
    <>
      <span className={`badge ${tone}`}>{t(state)}</span> <span className="soft">{t(severity)}</span>{' '}
      {isSilenced ? <span className="badge">{t('silenced')}</span> : null}
    </>
  );
}
