import type { ProviderHealth } from '@aggregator/contracts';

interface Entry {
  state: ProviderHealth['state'];
  sinceMs: number | null;
  lastProbeMs: number;
  reason: string | null;
  failures: number;
}

/** So many failures in a row make a provider unhealthy; one success makes it healthy. */
const failuresMax = 3;

/** Of a provider that was never probed. */
export const unknownHealth: ProviderHealth = { state: 'unknown', since: null, lastProbeAt: null, reason: null };

/** Results of this instance's probes. In memory only: after a restart the probes find them again. */
export class HealthBook {
  #entries = new Map<string, Entry>();
  #unhealthy: readonly string[] = [];

  /** By name; another array each time that it changes, and only then. */
  get unhealthy(): readonly string[] {
    return this.#unhealthy;
  }

  read(name: string): ProviderHealth {
    const entry = this.#entries.get(name);
    if (entry === undefined) return unknownHealth;
    const { state, sinceMs, lastProbeMs, reason } = entry;
    return {
      state,
      since: sinceMs === null ? null : new Date(sinceMs).toISOString(),
      lastProbeAt: new Date(lastProbeMs).toISOString(),
      reason,
    };
  }

  /** Takes a probe that succeeded (`reason` null) or failed. Answers whether the provider's state changed. */
  record(name: string, reason: string | null, nowMs: number): boolean {
    const entry = this.#entries.get(name) ?? {
      state: 'unknown',
      sinceMs: null,
      lastProbeMs: nowMs,
      reason,
      failures: 0,
    };
    const failures = reason === null ? 0 : Math.min(entry.failures + 1, failuresMax);
    const state = reason === null ? 'healthy' : failures >= failuresMax ? 'unhealthy' : entry.state;
    const hasChanged = state !== entry.state;
    const sinceMs = hasChanged ? nowMs : entry.sinceMs;
    this.#entries.set(name, { state, sinceMs, lastProbeMs: nowMs, reason, failures });
    if (hasChanged) this.#list();
    return hasChanged;
  }

  /** It is another one now, or has other keys: what was found says nothing of it. */
  forget(name: string): void {
    if (this.#entries.delete(name)) this.#list();
  }

  /** Forgets providers that are gone, so that a new one of the same name starts without their history. */
  retain(names: ReadonlySet<string>): void {
    for (const name of this.#entries.keys()) if (!names.has(name)) this.#entries.delete(name);
    this.#list();
  }

  #list(): void {
    const unhealthy = [...this.#entries].flatMap(([name, { state }]) => (state === 'unhealthy' ? [name] : [])).sort();
    const isSame =
      unhealthy.length === this.#unhealthy.length && unhealthy.every((name, at) => name === this.#unhealthy[at]);
    if (!isSame) this.#unhealthy = unhealthy;
  }
}
