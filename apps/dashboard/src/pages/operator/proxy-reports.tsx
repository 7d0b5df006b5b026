import type { RoutingState } from '@aggregator/contracts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { formatNumber } from '../../format/numbers.ts';
import { formatExactTime } from '../../format/time.ts';
import { usePreferences, useWords } from '../../i18n/preferences.tsx';
import { trafficWords } from './traffic-words.ts';

type Proxy = RoutingState['proxies'][number];

/** Each proxy with the version of the routing configuration that it serves, and what it had to leave out. */
export function ProxyReports({ state: { epoch, proxies, version } }: { state: RoutingState }) {
  const t = useWords(trafficWords);
  const { language } = usePreferences();
  const columns: Column<Proxy>[] = [
    { key: 'instance', name: t('proxy'), isHeader: true, cell: ({ instance }) => instance },
    {
      key: 'serves',
      name: t('serves'),
      cell: ({ snapshot }) => {
        if (snapshot === null) return <span className="badge warn">{t('nothing')}</span>;
        const name = `${snapshot.epoch}.${snapshot.version}`;
        if (snapshot.result === 'nack') return <span className="badge bad">{t('refused', { version: name })}</span>;
        const isCurrent = snapshot.epoch === epoch && snapshot.version === version;
        return (
          <>
            {name} <span className={isCurrent ? 'badge good' : 'badge warn'}>{t(isCurrent ? 'current' : 'old')}</span>
          </>
        );
      },
    },
    {
      key: 'problems',
      name: t('problems'),
      cell: ({ snapshot }) =>
        snapshot === null || snapshot.problems.length === 0
          ? '–'
          : snapshot.problems.map(({ entry, message }) => (
              <span key={entry} className="note">
                <code>{entry}</code>: {message}{' '}
              </span>
            )),
    },
    {
      key: 'flight',
      name: t('flight'),
      isEnd: true,
      cell: ({ requestsInFlight }) => formatNumber(requestsInFlight, language),
    },
    { key: 'seen', name: t('seen'), cell: ({ lastSeenAt }) => formatExactTime(lastSeenAt, language) },
  ];
  return (
    <section className="stack tight">
      <h2>{t('proxies')}</h2>
      {proxies.length === 0 ? (
        <p className="soft">{t('noProxies')}</p>
      ) : (
        <DataTable label={t('proxies')} columns={columns} rows={proxies} idOf={({ proxyId }) => proxyId} />
      )}
    </section>
  );
}
