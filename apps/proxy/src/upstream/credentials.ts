import { AppError, type RoutingSnapshot } from '@aggregator/contracts';

const environmentPrefix = 'env:';
const storedPrefix = 'stored:';

/** The providers' keys, in memory alone: those of the environment, and those that the orchestrator keeps. */
export class Credentials {
  readonly #environment: ReadonlyMap<string, string>;
  #stored: ReadonlyMap<string, string> = new Map();

  constructor(environment: ReadonlyMap<string, string>) {
    this.#environment = environment;
  }

  /** Null for a provider that needs none. Throws `upstream_misconfigured` where this proxy does not have it. */
  resolve(reference: string): string | null {
    if (reference === 'none') return null;
    const credential = reference.startsWith(environmentPrefix)
      ? this.#environment.get(reference.slice(environmentPrefix.length))
      : this.#stored.get(reference);
    if (credential === undefined) throw new AppError('upstream_misconfigured', { internal: `no ${reference}` });
    return credential;
  }

  /** References of a snapshot that the orchestrator must be asked for. */
  findMissing({ providers }: RoutingSnapshot): string[] {
    const references = providers.flatMap(({ credentialRefs }) => credentialRefs);
    return references.filter((reference) => reference.startsWith(storedPrefix) && !this.#stored.has(reference));
  }

  /** Adds what the orchestrator answered and lets go of what no provider of the snapshot names any more. */
  replace({ providers }: RoutingSnapshot, answered: Readonly<Record<string, string>>): void {
    const named = new Set(providers.flatMap(({ credentialRefs }) => credentialRefs));
    const all = [...this.#stored, ...Object.entries(answered)];
    this.#stored = new Map(all.filter(([reference]) => named.has(reference)));
  }
}
