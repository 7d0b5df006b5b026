import type { ListedRequest } from '@aggregator/contracts';
import { Link, useNavigate } from '@tanstack/react-router';
import { listQuery } from '../../api/lists.ts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { readForm } from '../../components/door.tsx';
import { Choice, TextField } from '../../components/field.tsx';
import { Empty } from '../../components/page.tsx';
import { PagesOf } from '../../components/pages-of.tsx';
import { formatMoney } from '../../format/money.ts';
import { formatMs } from '../../format/numbers.ts';
import { formatExactTime, formatTime } from '../../format/time.ts';
import { usePreferences, useWords } from '../../i18n/preferences.tsx';
import { type RequestFilter, toFilter } from './request-filter.ts';
import { requestWords } from './request-words.ts';

const outcomes: readonly ListedRequest['outcome'][] = ['completed', 'failed', 'aborted', 'void'];

/** Requests that fit a filter, newest first. The filter is in the address, so that it can be sent to others. */
export function RequestList({ filter }: { filter: RequestFilter }) {
  const t = useWords(requestWords);
  const navigate = useNavigate();
  const search = (form: Record<string, string>) =>
    void navigate({ to: '/requests', search: toFilter({ ...filter, ...form }) });
  const { model = '', outcome = '', provider = '', ...others } = filter;
  return (
    <section className="stack tight">
      <h2>{t('newest')}</h2>
      <form
        key={JSON.stringify(filter)}
        className="row bottom"
        onSubmit={(event) => search(readForm(event))}
        aria-label={t('filter')}
      >
        <TextField label={t('provider')} name="provider" defaultValue={provider} maxLength={256} spellCheck={false} />
        <TextField label={t('model')} name="model" defaultValue={model} maxLength={256} spellCheck={false} />
        <Choice label={t('outcome')} name="outcome" defaultValue={outcome}>
          <option value="">{t('any')}</option>
          {outcomes.map((one) => (
            <option key={one} value={one}>
              {t(one)}
            </option>
          ))}
        </Choice>
        <button type="submit" className="button">
          {t('narrow')}
        </button>
      </form>
      <Others filter={others} />
      <PagesOf
        query={listQuery<ListedRequest>('requests', '/v1/billing/requests', { ...filter })}
        empty={
          <Empty title={t('noneFound')}>
            <p>{t('noneFoundText')}</p>
          </Empty>
        }
      >
        {(rows) => <Rows rows={rows} />}
      </PagesOf>
    </section>
  );
}

/** What else the list is narrowed to. */
function Others({ filter }: { filter: RequestFilter }) {
  const t = useWords(requestWords);
  const { language } = usePreferences();
  // An address can hold what is no time.
  const toTime = (text: string | undefined) =>
    text === undefined || Number.isNaN(Date.parse(text)) ? text : formatTime(text, language);
  const named = [
    [t('key'), filter.keyId],
    [t('user'), filter.userId],
    [t('team'), filter.teamId],
    [t('from'), toTime(filter.from)],
    [t('to'), toTime(filter.to)],
  ].filter(([, value]) => value !== undefined);
  if (named.length === 0) return null;
  return (
    <div className="row" role="status">
      {named.map(([name, value]) => (
        <span key={name} className="badge">
          {name}: {value}
        </span>
      ))}
      <Link className="button small" to="/requests" search={{}}>
        {t('all')}
      </Link>
    </div>
  );
}

const badges = { completed: 'badge good', failed: 'badge bad', aborted: 'badge warn', void: 'badge' } as const;

function Rows({ rows }: { rows: readonly ListedRequest[] }) {
  const t = useWords(requestWords);
  const { language } = usePreferences();
  const columns: Column<ListedRequest>[] = [
    {
      key: 'time',
      name: t('ended'),
      isHeader: true,
      cell: ({ requestId, time }) => (
        <Link to="/requests" search={{ id: requestId }}>
          {formatExactTime(time, language)}
          <span className="hidden-visually"> {requestId}</span>
        </Link>
      ),
    },
    { key: 'model', name: t('model'), cell: ({ provider, model }) => `${provider}/${model}` },
    {
      key: 'outcome',
      name: t('outcome'),
      cell: ({ outcome }) => <span className={badges[outcome]}>{t(outcome)}</span>,
    },
    {
      key: 'took',
      name: t('latency'),
      isEnd: true,
      cell: ({ latencyMs }) => (latencyMs === null ? '–' : formatMs(latencyMs, language)),
    },
    { key: 'key', name: t('key'), cell: ({ keyId, keyName }) => keyName ?? keyId ?? '–' },
    { key: 'user', name: t('user'), cell: ({ userId, userName }) => userName ?? userId },
    {
      key: 'amount',
      name: t('amount'),
      isEnd: true,
      cell: ({ amountNanoUsd }) => formatMoney(amountNanoUsd, language),
    },
  ];
  return <DataTable label={t('newest')} columns={columns} rows={rows} idOf={({ requestId }) => requestId} />;
}
