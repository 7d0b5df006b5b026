import type { Metrics, ReadinessCheck } from '@aggregator/service-kit';
import type { Spool } from '@aggregator/spool';
import type { Stores } from './open-stores.ts';
import type { ProxyContext } from './proxy-context.ts';
import type { SnapshotOffers } from './snapshot/snapshot-offers.ts';
import type { CurrentSnapshot } from './snapshot/swap-snapshot.ts';

const spoolFillMax = 0.95;

/** What a proxy has on its hands now: what autoscalers and alerts go by. */
export function observeLoad(
  metrics: Metrics,
  {
    room,
    masking,
    requests,
    spool,
    corrections,
  }: Pick<ProxyContext, 'room' | 'masking' | 'requests' | 'spool' | 'corrections'>,
): void {
  metrics.observed('proxy_inflight_requests', 'AI requests that are here now.', () => room.count);
  metrics.observed('proxy_masking_jobs', 'Large requests that are being masked, or wait for it.', () => masking.count);
  metrics.observed(
    'proxy_room_memory_bytes',
    'Estimated memory of AI requests that are here now.',
    () => room.memoryTaken,
  );
  metrics.observed('proxy_inflight_streams', 'Streams that are open now.', () => requests.streams);
  metrics.observed(
    'proxy_pending_corrections',
    'Charges by estimate whose provider is asked for its record.',
    () => corrections.size,
  );
  metrics.observed(
    'proxy_correction_age_seconds',
    'Time since the settlement of the charge by estimate that waits for longest.',
    () => corrections.oldestMs / 1000,
  );
  metrics.observed('proxy_spool_fill_ratio', 'How full the spool is, 0 to 1.', () => spool.readFill());
}

/** What the proxy serves without, for a while. */
export function dependencyChecks(
  stores: Pick<Stores, 'admission' | 'eventLog'>,
  routing: CurrentSnapshot,
): ProxyContext['dependencyChecks'] {
  return {
    async counterStore() {
      await stores.admission.readEpoch();
    },
    eventLog: () => stores.eventLog.checkHealth(),
    providers: async () => requireHalf(routing),
  };
}

/** Throws if fewer than half of the providers are healthy by the probes of the orchestrator. */
function requireHalf(routing: CurrentSnapshot): void {
  const { providers } = routing.require().snapshot;
  const healthy = providers.filter(({ name }) => !routing.trials.isUnhealthy(name)).length;
  if (healthy * 2 < providers.length) throw new Error(`${healthy} of ${providers.length} providers are healthy`);
}

export function readinessChecks(
  routing: CurrentSnapshot,
  offers: SnapshotOffers,
  spool: Spool,
): Record<string, ReadinessCheck> {
  return {
    async snapshot() {
      routing.require();
    },
    async routing() {
      offers.requireAnswer();
    },
    async spool() {
      const fill = spool.readFill();
      if (fill >= spoolFillMax) throw new Error(`the spool is ${Math.round(fill * 100)} % full`);
    },
  };
}
