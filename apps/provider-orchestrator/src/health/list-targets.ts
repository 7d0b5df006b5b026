import type { SnapshotProvider } from '@aggregator/contracts';
import type { Dispatcher } from 'undici';
import type { Secret } from '../credentials/secret.ts';
import type { Database } from '../database/create-database.ts';
import type { ProbeTarget } from './probe-provider.ts';

/** The secrets behind `stored:` references; what cannot be had is left out. Rejects with what the database throws. */
export type ReadStored = (refs: readonly string[]) => Promise<ReadonlyMap<string, Secret>>;

interface TargetSources {
  database: Database;
  /** Of the published snapshot: what is switched off is not probed. */
  providers: readonly SnapshotProvider[];
  /** `env:` references that are set here. */
  environmentSecrets: ReadonlyMap<string, Secret>;
  readStored: ReadStored;
  /** To what the environment declares, whose addresses the operator answers for. */
  trusted: Dispatcher;
  /** To what the API declared. */
  guarded: Dispatcher;
}

/** The providers that can be probed: those of which at least one credential can be had here, or that need none. */
export async function listProbeTargets(sources: TargetSources): Promise<ProbeTarget[]> {
  const { database, providers, environmentSecrets, readStored, trusted, guarded } = sources;
  const declared = await database.provider.findMany({ where: { source: 'environment' }, select: { name: true } });
  const fromEnvironment = new Set(declared.map(({ name }) => name));
  const stored = await readStored(providers.flatMap(({ credentialRefs }) => credentialRefs));
  return providers.flatMap(({ name, type, baseUrl, options, credentialRefs }) => {
    const secrets = credentialRefs.flatMap((ref): (Secret | null)[] => {
      if (ref === 'none') return [null];
      const secret = environmentSecrets.get(ref) ?? stored.get(ref);
      return secret === undefined ? [] : [secret];
    });
    const dispatcher = fromEnvironment.has(name) ? trusted : guarded;
    return secrets.length === 0 ? [] : [{ name, type, baseUrl, options, secrets, dispatcher }];
  });
}
