import { AppError, type RoutingSnapshot } from '@aggregator/contracts';
import { indexSnapshot, type SnapshotIndex } from '@aggregator/routing';
import { LiveTrials } from './live-trials.ts';

/** `same` where it is served already; `older` where a newer one is, which never gives way. */
export type SwapResult = 'swapped' | 'same' | 'older';

/** What is served at the moment. A request reads it once and keeps what it read, so a swap never changes it half-way. */
export class CurrentSnapshot {
  #index: SnapshotIndex | null = null;
  /** Providers that fail the orchestrator's probes. */
  readonly trials: LiveTrials;

  /** `now`: milliseconds on a monotonic clock. */
  constructor(now: () => number = () => performance.now()) {
    this.trials = new LiveTrials(now);
  }

  /** Null until the first snapshot has come. */
  get index(): SnapshotIndex | null {
    return this.#index;
  }

  /** Throws `service_unavailable` while there is nothing to serve. */
  require(): SnapshotIndex {
    if (this.#index !== null) return this.#index;
    throw new AppError('service_unavailable', { internal: 'no routing snapshot yet', retryAfterMs: 1000 });
  }

  /** More than 0 where it is newer than what is served, less where it is older. */
  compare({ epoch, version }: Pick<RoutingSnapshot, 'epoch' | 'version'>): number {
    const present = this.#index?.snapshot;
    return present === undefined ? 1 : epoch - present.epoch || version - present.version;
  }

  swap(snapshot: RoutingSnapshot): SwapResult {
    const age = this.compare(snapshot);
    if (age === 0) return 'same';
    if (age < 0) return 'older';
    this.#index = indexSnapshot(snapshot);
    return 'swapped';
  }
}
