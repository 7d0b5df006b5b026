import type { ProviderTraffic, ProxyReport } from '@aggregator/contracts';
import { reportedProvidersMax } from '@aggregator/contracts';
import { type TargetMemory, type TargetStanding, toProviderName } from '@aggregator/resilience';
import type { SnapshotIndex } from '@aggregator/routing';
import type { SnapshotOffers } from '../snapshot/snapshot-offers.ts';
import type { ProviderPools } from '../upstream/provider-pools.ts';
import type { ProviderTrafficBook } from './provider-traffic.ts';

export interface ReportParts {
  readonly proxyId: string;
  readonly instance: string;
  readonly offers: SnapshotOffers;
  /** What is served; null before the first snapshot. */
  readIndex(): SnapshotIndex | null;
  readonly traffic: ProviderTrafficBook;
  readonly pools: ProviderPools;
  readonly memory: Pick<TargetMemory, 'judge'>;
  countRequests(): number;
}

/** From well to ill. */
const breakers = ['closed', 'half_open', 'open'] as const;
const illness: Readonly<Record<TargetStanding, 0 | 1 | 2>> = { ready: 0, probe: 1, open: 2, resting: 2 };

/** What this proxy has to say now. Those that have left the snapshot are in it as long as something is open there. */
export function composeReport(parts: ReportParts): ProxyReport {
  const { proxyId, instance, offers, traffic } = parts;
  const index = parts.readIndex();
  const inFlight = parts.pools.countInFlight();
  const standings = index === null ? new Map<string, number>() : judgeProviders(index, parts.memory);
  const served = index?.snapshot.providers.map(({ name }) => name) ?? [];
  const names = new Set([...inFlight.keys(), ...served, ...traffic.listBusy()]);
  return {
    ...{ proxyId, instance, snapshot: offers.answered, requestsInFlight: parts.countRequests() },
    providers: [...names].slice(0, reportedProvidersMax).map(
      (provider): ProviderTraffic => ({
        provider,
        breaker: breakers[standings.get(provider) ?? 0] ?? 'closed',
        ...traffic.read(provider),
        inFlight: inFlight.get(provider) ?? 0,
      }),
    ),
  };
}

/** The worst standing of each provider's targets. */
function judgeProviders({ targetKeys }: SnapshotIndex, memory: ReportParts['memory']): Map<string, number> {
  const worst = new Map<string, number>();
  for (const key of targetKeys) {
    const ill = illness[memory.judge(key)];
    if (ill === 0) continue;
    const provider = toProviderName(key);
    worst.set(provider, Math.max(ill, worst.get(provider) ?? 0));
  }
  return worst;
}
