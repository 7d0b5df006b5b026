import type { ProviderHealth, ProviderTraffic, RoutingState } from '@aggregator/contracts';
import { reportedProvidersMax } from '@aggregator/contracts';
import type { HeardReport } from './proxy-reports.ts';

/** From well to ill. */
const breakers = ['closed', 'half_open', 'open'] as const;

/** The published snapshot, and the reports of all proxies about it and the providers. */
export function toRoutingState(
  published: { readonly epoch: number; readonly version: number; readonly providers: readonly { name: string }[] },
  heard: readonly HeardReport[],
  readHealth: (provider: string) => ProviderHealth,
): RoutingState {
  const traffic = new Map(published.providers.map(({ name }) => [name, quiet(name)]));
  for (const { report } of heard) {
    for (const part of report.providers) traffic.set(part.provider, add(traffic.get(part.provider), part));
  }
  const { epoch, version } = published;
  return {
    ...{ epoch, version },
    proxies: heard.map(({ report, lastSeenMs }) => {
      const { proxyId, instance, snapshot, requestsInFlight } = report;
      return { proxyId, instance, snapshot, requestsInFlight, lastSeenAt: new Date(lastSeenMs).toISOString() };
    }),
    providers: [...traffic.values()]
      .sort((a, b) => (a.provider < b.provider ? -1 : 1))
      .slice(0, reportedProvidersMax)
      .map((one) => ({ ...one, health: readHealth(one.provider) })),
  };
}

function quiet(provider: string): ProviderTraffic {
  return { provider, breaker: 'closed', attempts: 0, failures: 0, p95Ms: null, inFlight: 0, unauthorized: 0 };
}

/** The worst of what cannot be added, the sum of what can. */
function add(one: ProviderTraffic | undefined, other: ProviderTraffic): ProviderTraffic {
  if (one === undefined) return other;
  return {
    provider: other.provider,
    breaker: breakers[Math.max(breakers.indexOf(one.breaker), breakers.indexOf(other.breaker))] ?? 'open',
    attempts: one.attempts + other.attempts,
    failures: one.failures + other.failures,
    p95Ms: one.p95Ms === null ? other.p95Ms : Math.max(one.p95Ms, other.p95Ms ?? 0),
    inFlight: one.inFlight + other.inFlight,
    unauthorized: one.unauthorized + other.unauthorized,
  };
}
