import type { RoutingState } from '@aggregator/contracts';
import { useQuery } from '@tanstack/react-query';
import { get } from '../../api/call.ts';
import { Load } from '../../components/load.tsx';
import { Page } from '../../components/page.tsx';
import { formatNumber } from '../../format/numbers.ts';
import { usePreferences, useWords } from '../../i18n/preferences.tsx';
import { ProviderTraffic } from './provider-traffic.tsx';
import { ProxyReports } from './proxy-reports.tsx';
import { trafficWords } from './traffic-words.ts';

const refreshMs = 5000;

/** What the proxies serve at this moment, and how the providers answer. */
export function TrafficPage() {
  const t = useWords(trafficWords);
  const state = useQuery({
    queryKey: ['routing-state'],
    queryFn: ({ signal }) => get<RoutingState>('/v1/orchestrator/state', {}, signal),
    refetchInterval: refreshMs,
  });
  return (
    <Page title={t('title')} intro={t('intro')}>
      <Load query={state} lines={8}>
        {(known) => (
          <>
            <Tiles state={known} />
            <ProviderTraffic rows={known.providers} />
            <ProxyReports state={known} />
          </>
        )}
      </Load>
    </Page>
  );
}

function Tiles({ state: { epoch, proxies, version } }: { state: RoutingState }) {
  const t = useWords(trafficWords);
  const { language } = usePreferences();
  const open = proxies.reduce((sum, { requestsInFlight }) => sum + requestsInFlight, 0);
  const behind = proxies.filter(({ snapshot }) => !isCurrent(snapshot, { epoch, version })).length;
  const tiles = [
    [t('version'), `${epoch}.${version}`],
    [t('count'), formatNumber(proxies.length, language)],
    [t('flight'), formatNumber(open, language)],
    [t('behind'), formatNumber(behind, language)],
  ] as const;
  return (
    <div className="tiles">
      {tiles.map(([name, value]) => (
        <div key={name} className="tile">
          <span className="name">{name}</span>
          <span className="value">{value}</span>
        </div>
      ))}
    </div>
  );
}

/** True for a proxy that serves what is published. */
function isCurrent(
  snapshot: RoutingState['proxies'][number]['snapshot'],
  published: Pick<RoutingState, 'epoch' | 'version'>,
): boolean {
  if (snapshot === null || snapshot.result === 'nack') return false;
  return snapshot.epoch === published.epoch && snapshot.version === published.version;
}
