import { createEgressAgent, type EgressAllowlist, type HttpProxies, type TlsFiles } from '@aggregator/service-kit';
import type { EnvironmentKeys } from '../config.ts';
import type { EnvironmentKey } from '../credentials/environment-keys.ts';
import type { OrchestratorEvents } from '../events.ts';
import type { HeardReport } from '../reports/proxy-reports.ts';
import type { SnapshotFeed } from '../snapshot/snapshot-feed.ts';
import type { HealthBook } from './health-book.ts';
import { listProbeTargets, type ReadStored, toProbeFacts } from './list-targets.ts';
import { servesLive } from './live-success.ts';
import { probeProvider } from './probe-provider.ts';
import { ProviderProber } from './prober.ts';
import { StoredTlsAgents } from './stored-tls-agents.ts';

const deadlineMs = 5000;
const concurrencyMax = 8;

interface ProberParts {
  /** Milliseconds; 0 never probes. */
  intervalMs: number;
  keys: EnvironmentKeys;
  /** Keys of custom servers of the environment. */
  customKeys: readonly EnvironmentKey[];
  tlsFiles: ReadonlyMap<string, TlsFiles>;
  allowlist: EgressAllowlist;
  proxies: HttpProxies;
  events: OrchestratorEvents;
  feed: SnapshotFeed;
  health: HealthBook;
  readStored: ReadStored;
  /** The last word of every proxy. Never rejects. */
  listReports(): Promise<readonly HeardReport[]>;
  now(): number;
  /** After each pass. */
  onPass(): void;
}

/** The prober with its own connections; `start` begins, `close` ends what is under way. */
export function openProber(parts: ProberParts): { start(): void; close(): Promise<void> } {
  const { events, feed, health, now } = parts;
  const connect = { timeout: deadlineMs };
  const agent = { connections: 2, headersTimeout: deadlineMs, bodyTimeout: deadlineMs };
  const open = (allowlist: EgressAllowlist | null) =>
    createEgressAgent({ allowlist, proxies: parts.proxies, connect, agent });
  const trusted = open(null);
  const byTls = new Map(
    [...parts.tlsFiles].map(([prefix, files]) => [
      prefix,
      createEgressAgent({ allowlist: null, proxies: parts.proxies, connect: { ...connect, ...files }, agent }),
    ]),
  );
  const guarded = open(parts.allowlist);
  const stored = new StoredTlsAgents((files) =>
    createEgressAgent({ allowlist: parts.allowlist, proxies: parts.proxies, connect: { ...connect, ...files }, agent }),
  );
  const environmentSecrets = new Map(
    [...Object.values(parts.keys).flat(), ...parts.customKeys].map(({ ref, secret }) => [ref, secret] as const),
  );
  const prober = new ProviderProber({
    intervalMs: parts.intervalMs,
    concurrencyMax,
    listTargets: (isWanted) => {
      const { readStored } = parts;
      const all = feed.current?.providers ?? [];
      const providers = all.filter((provider) => isWanted({ name: provider.name, facts: toProbeFacts(provider) }));
      const { openTls } = stored;
      return listProbeTargets({ providers, environmentSecrets, readStored, trusted, byTls, guarded, openTls });
    },
    async probe(target) {
      const reason = await probeProvider(target, deadlineMs);
      return reason !== null && servesLive(target.name, reason, await parts.listReports()) ? null : reason;
    },
    book: health,
    now,
    random: Math.random,
    onChange: events.providerHealthChanged,
    onPass: () => {
      events.providersProbed(health.unhealthy.length);
      parts.onPass();
    },
    onFailure: events.probingFailed,
  });
  feed.onSnapshot(() => prober.noteChange());
  return {
    start: () => prober.start(),
    async close() {
      const agents = [trusted, guarded, ...byTls.values()];
      await Promise.all([prober.close(), stored.close(), ...agents.map((agent) => agent.destroy())]);
    },
  };
}
