import type { SnapshotProvider } from '@aggregator/contracts';
import { type Secret, tlsOption } from '@aggregator/service-kit';
import type { Dispatcher } from 'undici';
import type { ProbeTarget } from './probe-provider.ts';

/** The secrets behind `stored:` references; what cannot be had is left out. Rejects with what the database throws. */
export type ReadStored = (refs: readonly string[]) => Promise<ReadonlyMap<string, Secret>>;

interface TargetSources {
  /** Of the published snapshot: what is switched off is not probed. */
  providers: readonly SnapshotProvider[];
  /** `env:` references that are set here. */
  environmentSecrets: ReadonlyMap<string, Secret>;
  readStored: ReadStored;
  /** To addresses that the operator of the installation answers for. */
  trusted: Dispatcher;
  /** To those with TLS files of their own, by the option that names them. */
  byTls: ReadonlyMap<string, Dispatcher>;
  /** To all others. */
  guarded: Dispatcher;
}

/** The providers that can be probed: those of which at least one credential can be had here, or that need none. */
export async function listProbeTargets(sources: TargetSources): Promise<ProbeTarget[]> {
  const { providers, environmentSecrets, readStored, trusted, byTls, guarded } = sources;
  const stored = await readStored(providers.flatMap(({ credentialRefs }) => credentialRefs));
  return providers.flatMap(({ name, type, baseUrl, isAddressTrusted, options, credentialRefs }) => {
    const secrets = credentialRefs.flatMap((ref): (Secret | null)[] => {
      if (ref === 'none') return [null];
      const secret = environmentSecrets.get(ref) ?? stored.get(ref);
      return secret === undefined ? [] : [secret];
    });
    const dispatcher = isAddressTrusted ? (byTls.get(options[tlsOption] ?? '') ?? trusted) : guarded;
    const facts = toProbeFacts({ type, baseUrl, options, credentialRefs });
    return secrets.length === 0 ? [] : [{ name, facts, type, baseUrl, options, secrets, dispatcher }];
  });
}

export function toProbeFacts({
  type,
  baseUrl,
  options,
  credentialRefs,
}: Pick<SnapshotProvider, 'type' | 'baseUrl' | 'options' | 'credentialRefs'>): string {
  return JSON.stringify([type, baseUrl, options, credentialRefs]);
}
