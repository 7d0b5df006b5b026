import { AppError, type RoutingSnapshot, secretRefsOf } from '@aggregator/contracts';

const environmentPrefix = 'env:';
const storedPrefix = 'stored:';

/** As long as any request may take, so that one that was planned by an earlier snapshot still has its keys. */
const goneForMs = 10 * 60_000;
/** Keys that nothing names any more; of more, those that are gone for longest are let go. */
const goneMax = 10_000;

interface StoredKey {
  readonly value: string;
  /** Since when no provider names it; null while one does. */
  readonly goneSinceMs: number | null;
}

/** The providers' keys, in memory alone: those of the environment, and those that the orchestrator keeps. */
export class Credentials {
  readonly #environment: ReadonlyMap<string, string>;
  readonly #now: () => number;
  #stored: ReadonlyMap<string, StoredKey> = new Map();

  /** `now`: milliseconds on a monotonic clock. */
  constructor(environment: ReadonlyMap<string, string>, now: () => number) {
    this.#environment = environment;
    this.#now = now;
  }

  /** Null for a provider that needs none. Throws `upstream_misconfigured` where this proxy does not have it. */
  resolve(reference: string): string | null {
    if (reference === 'none') return null;
    const credential = reference.startsWith(environmentPrefix)
      ? this.#environment.get(reference.slice(environmentPrefix.length))
      : this.#stored.get(reference)?.value;
    if (credential === undefined) throw new AppError('upstream_misconfigured', { internal: `no ${reference}` });
    return credential;
  }

  /** References of a snapshot that the orchestrator must be asked for. */
  findMissing({ providers }: Pick<RoutingSnapshot, 'providers'>): string[] {
    const references = new Set(providers.flatMap(secretRefsOf));
    return [...references].filter((reference) => reference.startsWith(storedPrefix) && !this.#stored.has(reference));
  }

  /** Adds what was answered, and lets go of what no provider of the snapshot has named for ten minutes. */
  replace({ providers }: Pick<RoutingSnapshot, 'providers'>, answered: Readonly<Record<string, string>>): void {
    const nowMs = this.#now();
    const named = new Set(providers.flatMap(secretRefsOf));
    const values = new Map([...this.#stored].map(([reference, { value }]) => [reference, value]));
    for (const [reference, value] of Object.entries(answered)) values.set(reference, value);
    const gone: [string, StoredKey & { goneSinceMs: number }][] = [];
    const kept: [string, StoredKey][] = [];
    for (const [reference, value] of values) {
      const goneSinceMs = this.#stored.get(reference)?.goneSinceMs ?? nowMs;
      if (named.has(reference)) kept.push([reference, { value, goneSinceMs: null }]);
      else if (nowMs - goneSinceMs <= goneForMs) gone.push([reference, { value, goneSinceMs }]);
    }
    gone.sort(([, one], [, other]) => other.goneSinceMs - one.goneSinceMs);
    this.#stored = new Map([...kept, ...gone.slice(0, goneMax)]);
  }
}
