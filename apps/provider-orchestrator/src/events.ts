import type { DeclarationResult, ProviderHealth, ProxyReport, RoutingSnapshot } from '@aggregator/contracts';
import type { Logger, Metrics } from '@aggregator/service-kit';
import type { Actor } from './routes/actor-of.ts';

/** Events of the control plane: each is counted and logged once. */
export interface OrchestratorEvents {
  /** The environment was written into the registry. */
  registryWritten(facts: { snapshot: RoutingSnapshot; isNew: boolean; problems: readonly string[] }): void;
  /** Names that the environment declares, too, but that others declared first. */
  providersShadowed(names: readonly string[]): void;
  /** Prices of the price file that were left out. */
  filePricesRefused(refused: readonly { name: string; reason: string }[]): void;
  /** A change through the API was published. */
  registryPublished(facts: { snapshot: RoutingSnapshot; problems: readonly string[] }): void;
  /** Actor, subject and version of a change through the API. Never contains the new value. */
  registryChanged(facts: RegistryChange): void;
  /** A price rule charges nothing for its models. */
  priceRuleFree(facts: { ruleId: string; models: string; userId: string }): void;
  /** An operator's declarations were taken, and what became of each entry. */
  declarationsTaken(facts: {
    owner: string;
    epoch: number;
    sequence: number;
    snapshot: { epoch: number; version: number };
    entries: readonly DeclarationResult[];
  }): void;
  /** A credential was sealed with a key that is not there any more, or was tampered with. */
  credentialUnreadable(ref: string): void;
  providerHealthChanged(name: string, health: ProviderHealth): void;
  /** A pass of probes is over. */
  providersProbed(unhealthy: number): void;
  probingFailed(error: unknown): void;
  /** This instance serves a newer snapshot from now on. */
  snapshotTaken(snapshot: RoutingSnapshot): void;
  /** A proxy says something new of a snapshot. */
  proxyAnswered(report: ProxyReport): void;
  /** Reports of proxies cannot be written; they are kept in memory meanwhile. */
  reportsLost(error: unknown): void;
  reportsBack(): void;
  /** Proxies that start while this service is away find an earlier state, or none. */
  lastKnownGoodNotKept(reason: unknown): void;
  /** Seconds since the last new price; null if there is none. */
  pricesAged(ageSeconds: number | null): void;
  registryLost(error: unknown): void;
  registryBack(): void;
}

export interface RegistryChange extends Actor {
  change:
    | 'provider_created'
    | 'provider_updated'
    | 'provider_deleted'
    | 'models_replaced'
    | 'route_put'
    | 'route_deleted'
    | 'price_set'
    | 'price_ended'
    | 'price_rule_set'
    | 'price_rule_ended';
  name: string;
  epoch: number;
  version: number;
}

const refusedShownMax = 20;

export function createOrchestratorEvents(logger: Logger, metrics: Metrics): OrchestratorEvents {
  const version = metrics.gauge('orchestrator_snapshot_version', 'Version of the snapshot that is served.');
  const problemCount = metrics.gauge('orchestrator_registry_problems', 'Entries left out of the snapshot.');
  const changes = metrics.counter('orchestrator_registry_changes_total', 'Changes through the API.', ['change']);
  const declared = metrics.counter('orchestrator_declared_entries_total', 'Entries that operators declared.', [
    'result',
  ]);
  const unhealthyCount = metrics.gauge('orchestrator_providers_unhealthy', 'Providers that fail their probes.');
  const priceAge = metrics.gauge('orchestrator_price_age_seconds', 'Time since a new price was stored.');
  const acks = metrics.counter('orchestrator_snapshot_acks_total', 'What proxies said of snapshots.', ['result']);
  return {
    registryWritten({ snapshot, isNew, problems }) {
      problemCount.set(problems.length);
      const providers = snapshot.providers.map(({ name }) => name);
      logger.info('registry_written', { version: snapshot.version, isNew, providers });
      if (problems.length > 0) logger.warn('registry_entries_left_out', { problems });
    },
    providersShadowed(names) {
      if (names.length > 0) logger.warn('environment_providers_shadowed', { names });
    },
    filePricesRefused(refused) {
      if (refused.length > 0) logger.error('file_prices_refused', { refused: refused.slice(0, refusedShownMax) });
    },
    registryPublished({ snapshot, problems }) {
      problemCount.set(problems.length);
      if (problems.length > 0) logger.warn('registry_entries_left_out', { version: snapshot.version, problems });
    },
    registryChanged(facts) {
      changes.inc({ change: facts.change });
      logger.info('registry_changed', { ...facts });
    },
    priceRuleFree: (facts) => logger.warn('price_rule_free', { ...facts }),
    declarationsTaken({ owner, epoch, sequence, snapshot, entries }) {
      const refused = entries.filter(({ result }) => result !== 'accepted');
      declared.inc({ result: 'accepted' }, entries.length - refused.length);
      for (const { result } of refused) declared.inc({ result });
      const fields = { owner, epoch, sequence, version: snapshot.version, entries: entries.length };
      logger.info('declarations_taken', fields);
      if (refused.length > 0)
        logger.warn('declarations_refused', { owner, refused: refused.slice(0, refusedShownMax) });
    },
    credentialUnreadable: (ref) => logger.error('stored_secret_unreadable', { ref }),
    providerHealthChanged(name, { state, reason }) {
      if (state === 'unhealthy') logger.warn('provider_unhealthy', { provider: name, reason });
      else logger.info('provider_healthy', { provider: name });
    },
    providersProbed: (unhealthy) => unhealthyCount.set(unhealthy),
    probingFailed: (error) => logger.error('providers_not_probed', { error }),
    snapshotTaken(snapshot) {
      version.set(snapshot.version);
      logger.info('snapshot_taken', { epoch: snapshot.epoch, version: snapshot.version });
    },
    proxyAnswered({ proxyId, instance, snapshot }) {
      if (snapshot === null) return;
      const { epoch, version: answered, result, problems } = snapshot;
      acks.inc({ result });
      const fields = { proxyId, instance, epoch, version: answered, problems };
      if (result === 'nack' || problems.length > 0) logger.warn('snapshot_refused', { ...fields, result });
      else logger.info('snapshot_acknowledged', fields);
    },
    reportsLost: (error) => logger.error('proxy_reports_not_written', { error }),
    reportsBack: () => logger.info('proxy_reports_written_again'),
    lastKnownGoodNotKept: (error) => logger.error('last_known_good_not_kept', { error }),
    pricesAged: (ageSeconds) => priceAge.set(ageSeconds ?? 0),
    registryLost: (error) => logger.error('registry_read_failed', { error }),
    registryBack: () => logger.info('registry_read_recovered'),
  };
}
