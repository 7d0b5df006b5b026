import { type SnapshotProvider, secretRefsOf, tlsOption, tlsRefOf } from '@aggregator/contracts';
import type { Secret } from '@aggregator/service-kit';
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
  /** Returns the connections with the TLS files of secrets, by their references; those of other secrets are closed. */
  openTls(secrets: ReadonlyMap<string, Secret>): ReadonlyMap<string, Dispatcher>;
}

/** The providers that can be probed: those of which at least one credential can be had here, or that need none. */
export async function listProbeTargets(sources: TargetSources): Promise<ProbeTarget[]> {
  const { providers, environmentSecrets, readStored, trusted, byTls, guarded } = sources;
  const stored = await readStored(providers.flatMap(secretRefsOf));
  const tlsRefs = providers.flatMap((provider) => tlsRefOf(provider) ?? []);
  const storedTls = sources.openTls(new Map([...stored].filter(([ref]) => tlsRefs.includes(ref))));
  return providers.flatMap(({ name, type, baseUrl, isAddressTrusted, options, credentialRefs }) => {
    const secrets = credentialRefs.flatMap((ref): (Secret | null)[] => {
      if (ref === 'none') return [null];
      const secret = environmentSecrets.get(ref) ?? stored.get(ref);
      return secret === undefined ? [] : [secret];
    });
    const tlsRef = tlsRefOf({ options });
    const ofSecret = tlsRef === null ? null : storedTls.get(tlsRef);
    if (ofSecret === undefined) return [];
    const dispatcher = ofSecret ?? (isAddressTrusted ? (byTls.get(options[tlsOption] ?? '') ?? trusted) : guarded);
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
