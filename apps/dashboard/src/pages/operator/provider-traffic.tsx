import type { RoutingState } from '@aggregator/contracts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { formatMs, formatNumber } from '../../format/numbers.ts';
import { usePreferences, useWords } from '../../i18n/preferences.tsx';
import { trafficWords } from './traffic-words.ts';

type Traffic = RoutingState['providers'][number];

const healths = { healthy: 'badge good', unhealthy: 'badge bad', unknown: 'badge' } as const;
const breakers = { closed: 'badge good', half_open: 'badge warn', open: 'badge bad' } as const;

/** How each provider answered in the last minute, over all proxies. */
export function ProviderTraffic({ rows }: { rows: readonly Traffic[] }) {
  const t = useWords(trafficWords);
  const { language } = usePreferences();
  const count = (read: (row: Traffic) => number) => (row: Traffic) => formatNumber(read(row), language);
  const columns: Column<Traffic>[] = [
    { key: 'provider', name: t('provider'), isHeader: true, cell: ({ provider }) => provider },
    {
      key: 'health',
      name: t('health'),
      cell: ({ health: { reason, state } }) => (
        <>
          <span className={healths[state]}>{t(state)}</span> {reason === null ? null : <code>{reason}</code>}
        </>
      ),
    },
    {
      key: 'breaker',
      name: t('breaker'),
      cell: ({ breaker }) => <span className={breakers[breaker]}>{t(breaker)}</span>,
    },
    { key: 'flight', name: t('flight'), isEnd: true, cell: count(({ inFlight }) => inFlight) },
    { key: 'attempts', name: t('attempts'), isEnd: true, cell: count(({ attempts }) => attempts) },
    { key: 'failures', name: t('failures'), isEnd: true, cell: count(({ failures }) => failures) },
    { key: 'unauthorized', name: t('unauthorized'), isEnd: true, cell: count(({ unauthorized }) => unauthorized) },
    {
      key: 'p95',
      name: t('p95'),
      isEnd: true,
      cell: ({ p95Ms }) => (p95Ms === null ? '–' : formatMs(p95Ms, language)),
    },
  ];
  return (
    <section className="stack tight">
      <h2>{t('providers')}</h2>
      {rows.length === 0 ? (
        <p className="soft">{t('noProviders')}</p>
      ) : (
        <DataTable label={t('providers')} columns={columns} rows={rows} idOf={({ provider }) => provider} />
      )}
    </section>
  );
}
