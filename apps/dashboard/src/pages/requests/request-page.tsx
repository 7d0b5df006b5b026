import type { ChargeExplanation } from '@aggregator/contracts';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Fragment } from 'react';
import { get } from '../../api/call.ts';
import { ApiError } from '../../api/http.ts';
import { DataTable } from '../../components/data-table.tsx';
import { readForm } from '../../components/door.tsx';
import { TextField } from '../../components/field.tsx';
import { Load } from '../../components/load.tsx';
import { Page } from '../../components/page.tsx';
import { formatMoney, formatPico, perMillionOfPico } from '../../format/money.ts';
import { formatMs, formatNumber } from '../../format/numbers.ts';
import { formatTime } from '../../format/time.ts';
import { usePreferences, useWords } from '../../i18n/preferences.tsx';
import { Attempts } from './attempts.tsx';
import { toFilter } from './request-filter.ts';
import { RequestList } from './request-list.tsx';
import { requestWords } from './request-words.ts';

export function RequestPage() {
  const t = useWords(requestWords);
  const navigate = useNavigate();
  const search: Record<string, unknown> = useSearch({ strict: false });
  const id = typeof search.id === 'string' ? search.id : '';
  const find = (text: string) => void navigate({ to: '/requests', search: { id: text.trim() } });
  return (
    <Page title={t('title')} intro={t('intro')}>
      <form className="row bottom" onSubmit={(event) => find(readForm(event).id ?? '')}>
        <div className="grow">
          <TextField key={id} label={t('id')} name="id" defaultValue={id} required spellCheck={false} autoFocus />
        </div>
        <button type="submit" className="button primary">
          {t('show')}
        </button>
      </form>
      {id === '' ? <RequestList filter={toFilter(search)} /> : <Explanation id={id} />}
    </Page>
  );
}

const lookMs = 2000;
const looksMax = 15;
const isMissing = (error: unknown) => error instanceof ApiError && (error.status === 404 || error.status === 400);

function Explanation({ id }: { id: string }) {
  const t = useWords(requestWords);
  const found = useQuery({
    queryKey: ['explain', id],
    queryFn: ({ signal }) => get<ChargeExplanation>(`/v1/billing/explain/${encodeURIComponent(id)}`, {}, signal),
    // What a request cost, or why it was rejected, is known some seconds after its end.
    refetchInterval: ({ state }) => isMissing(state.error) && state.errorUpdateCount < looksMax && lookMs,
  });
  if (isMissing(found.error)) {
    return (
      <p className="note-box warn" role="status">
        {t('missing')}
      </p>
    );
  }
  return (
    <Load query={found} lines={8}>
      {(charge) => <Charge charge={charge} />}
    </Load>
  );
}

interface Shown {
  readonly charge: ChargeExplanation;
}

function Charge({ charge }: Shown) {
  const t = useWords(requestWords);
  const { language } = usePreferences();
  if (charge.rejection !== undefined) return <Rejected charge={charge} rejection={charge.rejection} />;
  return (
    <>
      <Facts charge={charge} />
      {charge.attempts === undefined ? null : <Attempts attempts={charge.attempts} />}
      {charge.correction === undefined ? null : (
        <p className="note-box">
          <strong>{t('correction')}.</strong>{' '}
          {t('correctionText', { difference: formatMoney(charge.correction.differenceNanoUsd, language) })}
        </p>
      )}
      <Lines charge={charge} />
      <Transfers charge={charge} />
    </>
  );
}

interface Refused extends Shown {
  readonly rejection: NonNullable<ChargeExplanation['rejection']>;
}

/** Why no provider was asked. Nothing is charged for such a request. */
function Rejected({ charge, rejection: { code, param, message } }: Refused) {
  const t = useWords(requestWords);
  const { language } = usePreferences();
  return (
    <section className="card stack">
      <p className="note-box warn" role="status">
        <strong>{t('rejected')}.</strong> {message}
      </p>
      <dl className="facts">
        <dt>{t('code')}</dt>
        <dd>
          <code>{code}</code>
        </dd>
        {param === null ? null : (
          <>
            <dt>{t('param')}</dt>
            <dd>
              <code>{param}</code>
            </dd>
          </>
        )}
        <dt>{t('ended')}</dt>
        <dd>{formatTime(charge.time, language)}</dd>
        <dt>{t('amount')}</dt>
        <dd>{formatMoney(charge.amountNanoUsd, language)}</dd>
      </dl>
    </section>
  );
}

function Facts({ charge }: Shown) {
  const t = useWords(requestWords);
  const { language } = usePreferences();
  return (
    <section className="card">
      <dl className="facts">
        <dt>{t('amount')}</dt>
        <dd>
          <strong className="money">{formatMoney(charge.amountNanoUsd, language)}</strong>{' '}
          {charge.estimated ? <span className="badge warn">{t('estimated')}</span> : null}
        </dd>
        <dt>{t('model')}</dt>
        <dd>{charge.model}</dd>
        <dt>{t('provider')}</dt>
        <dd>{charge.provider}</dd>
        <dt>{t('ended')}</dt>
        <dd>{formatTime(charge.time, language)}</dd>
        <dt>{t('outcome')}</dt>
        <dd>
          <span className={charge.outcome === 'completed' ? 'badge good' : 'badge warn'}>{charge.outcome}</span>
        </dd>
        <dt>{t('priceVersion')}</dt>
        <dd>
          <code>{charge.priceVersion}</code>
        </dd>
        <Details charge={charge} />
      </dl>
    </section>
  );
}

/** Facts that not every request has. */
function Details({ charge }: Shown) {
  const { cacheSavingNanoUsd, costNanoUsd, tags } = charge;
  const t = useWords(requestWords);
  const { language } = usePreferences();
  const money = (nano: string | undefined) => nano && formatMoney(nano, language);
  const named = Object.entries(tags ?? {}).map(([key, value]) => `${key}=${value}`);
  const ms = (value: number | undefined) => (value === undefined ? undefined : formatMs(value, language));
  const facts = [
    ['latency', ms(charge.latencyMs)],
    ['firstToken', ms(charge.ttftMs)],
    ['cache', charge.cache === undefined ? undefined : t(charge.cache)],
    ['cacheSaving', money(cacheSavingNanoUsd)],
    ['cost', money(costNanoUsd)],
    ['tags', named.length === 0 ? undefined : named.join(', ')],
    ['user', charge.userName ?? charge.userId],
    ['key', charge.keyName ?? charge.keyId],
    ['team', charge.teamName ?? charge.teamId],
  ] as const;
  return facts.map(([name, text]) =>
    text === undefined ? null : (
      <Fragment key={name}>
        <dt>{t(name)}</dt>
        <dd>{text}</dd>
      </Fragment>
    ),
  );
}

function Lines({ charge }: Shown) {
  const t = useWords(requestWords);
  const { language } = usePreferences();
  return (
    <section className="stack tight">
      <h2>{t('how')}</h2>
      <DataTable
        label={t('how')}
        rows={charge.lines}
        idOf={({ component }) => component}
        columns={[
          { key: 'component', name: t('component'), isHeader: true, cell: ({ component }) => component },
          { key: 'units', name: t('units'), isEnd: true, cell: ({ units }) => formatNumber(units, language) },
          {
            key: 'rate',
            name: t('rate'),
            isEnd: true,
            cell: ({ ratePicoUsd }) => perMillionOfPico(ratePicoUsd, language),
          },
          {
            key: 'amount',
            name: t('lineAmount'),
            isEnd: true,
            cell: ({ amountPicoUsd }) => formatPico(amountPicoUsd, language),
          },
        ]}
      />
      <p className="soft">{t('rounded')}</p>
    </section>
  );
}

function Transfers({ charge }: Shown) {
  const t = useWords(requestWords);
  const { language } = usePreferences();
  return (
    <section className="stack tight">
      <h2>{t('transfers')}</h2>
      <DataTable
        label={t('transfers')}
        rows={charge.transfers}
        idOf={(row) => row.id}
        columns={[
          { key: 'time', name: t('time'), cell: ({ time }) => formatTime(time, language) },
          { key: 'from', name: t('from'), cell: ({ from }) => from },
          { key: 'to', name: t('to'), cell: ({ to }) => to },
          {
            key: 'amount',
            name: t('amount'),
            isEnd: true,
            cell: ({ amountNanoUsd }) => formatMoney(amountNanoUsd, language),
          },
        ]}
      />
    </section>
  );
}
