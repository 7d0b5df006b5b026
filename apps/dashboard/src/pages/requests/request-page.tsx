import type { ChargeExplanation } from '@aggregator/contracts';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { get } from '../../api/call.ts';
import { ApiError } from '../../api/http.ts';
import { DataTable } from '../../components/data-table.tsx';
import { readForm } from '../../components/door.tsx';
import { TextField } from '../../components/field.tsx';
import { Load } from '../../components/load.tsx';
import { Page } from '../../components/page.tsx';
import { formatMoney, formatPico, perMillionOfPico } from '../../format/money.ts';
import { formatNumber } from '../../format/numbers.ts';
import { formatTime } from '../../format/time.ts';
import { usePreferences, useWords } from '../../i18n/preferences.tsx';
import { requestWords } from './request-words.ts';

export function RequestPage() {
  const t = useWords(requestWords);
  const navigate = useNavigate();
  const { id = '' }: { id?: string } = useSearch({ strict: false });
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
      {id === '' ? null : <Explanation id={id} />}
    </Page>
  );
}

function Explanation({ id }: { id: string }) {
  const t = useWords(requestWords);
  const found = useQuery({
    queryKey: ['explain', id],
    queryFn: ({ signal }) => get<ChargeExplanation>(`/v1/billing/explain/${encodeURIComponent(id)}`, {}, signal),
  });
  if (found.error instanceof ApiError && (found.error.status === 404 || found.error.status === 400)) {
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
  return (
    <>
      <Facts charge={charge} />
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
      </dl>
    </section>
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
