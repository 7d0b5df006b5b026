import type { RoutingSnapshot, SnapshotAck } from '@aggregator/contracts';
import type { Logger, Metrics } from '@aggregator/service-kit';

/** What happened in the control plane, each once: counter and log. */
export interface OrchestratorEvents {
  /** The environment was written into the registry. */
  registryWritten(facts: { snapshot: RoutingSnapshot; isNew: boolean; problems: readonly string[] }): void;
  /** Names that the environment declares, too, but that were declared through the API first. */
  providersShadowed(names: readonly string[]): void;
  /** Keys of vendors that this version has no adapter for. */
  keysUnsupported(names: readonly string[]): void;
  /** This instance serves a newer snapshot from now on. */
  snapshotTaken(snapshot: RoutingSnapshot): void;
  proxyAnswered(ack: SnapshotAck): void;
  registryLost(error: unknown): void;
  registryBack(): void;
}

export function createOrchestratorEvents(logger: Logger, metrics: Metrics): OrchestratorEvents {
  const version = metrics.gauge('orchestrator_snapshot_version', 'Version of the snapshot that is served.');
  const problemCount = metrics.gauge('orchestrator_registry_problems', 'Entries left out of the snapshot.');
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
    keysUnsupported(names) {
      if (names.length === 0) return;
      // Under another name than "keys", which the logger would blank.
      logger.warn('vendor_not_supported', {
        variables: names,
        explanation: 'These variables are set, but this version has no adapter for their vendors; they are not used.',
      });
    },
    snapshotTaken(snapshot) {
      version.set(snapshot.version);
      logger.info('snapshot_taken', { epoch: snapshot.epoch, version: snapshot.version });
    },
    proxyAnswered({ proxyId, epoch, version: answered, result, problems }) {
      acks.inc({ result });
      const fields = { proxyId, epoch, version: answered, problems };
      if (result === 'nack' || problems.length > 0) logger.warn('snapshot_refused', { ...fields, result });
      else logger.info('snapshot_acknowledged', fields);
    },
    registryLost: (error) => logger.error('registry_read_failed', { error }),
    registryBack: () => logger.info('registry_read_recovered'),
  };
}
