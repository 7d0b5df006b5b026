/** The pause between two live requests to a provider that fails its probes, and before the first of them. */
const trialGapMs = 30_000;

/**
 * Live requests to providers that fail the orchestrator's probes. A provider whose list of models fails may serve chats all the
 * same: one live request in each gap finds out, and what it finds outranks the probe.
 */
export class LiveTrials {
  readonly #now: () => number;
  /** Milliseconds of the last attempt or notice, and what live requests found since the notice; only of unhealthy providers. */
  #entries = new Map<string, { lastMs: number; isServed: boolean }>();

  /** `now`: milliseconds on a monotonic clock. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Replaces the notices before. What is known of providers that were unhealthy before is kept. */
  setUnhealthy(providers: readonly string[]): void {
    const fresh = { lastMs: this.#now(), isServed: false };
    this.#entries = new Map(providers.map((name) => [name, this.#entries.get(name) ?? { ...fresh }]));
  }

  /** True if the provider keeps its place in the order of targets. */
  readonly isHealthy = (provider: string): boolean => {
    const entry = this.#entries.get(provider);
    return entry === undefined || entry.isServed || this.#now() - entry.lastMs >= trialGapMs;
  };

  /** True if the provider fails the probes and no live request was served since. */
  isUnhealthy(provider: string): boolean {
    return this.#entries.get(provider)?.isServed === false;
  }

  noteAttempt(provider: string): void {
    const entry = this.#entries.get(provider);
    if (entry !== undefined) entry.lastMs = this.#now();
  }

  /** A live request has had a whole answer, or failed through the provider. */
  noteOutcome(provider: string, isServed: boolean): void {
    const entry = this.#entries.get(provider);
    if (entry !== undefined) entry.isServed = isServed;
  }
}
