import type { RoutingSnapshot } from '@aggregator/contracts';

interface FeedOptions {
  /** The newest published snapshot, if it is newer than `known`. Must have its own deadline. */
  read(known: { epoch: number; version: number }): Promise<RoutingSnapshot | null>;
  pollMs: number;
  /** Called at the first failure of a row of failures, and at the end of the row. */
  onFailure(error: unknown): void;
  onRecovery(): void;
}

/**
 * The newest snapshot that this instance knows of, whichever instance published it. It keeps what it has while the
 * database is away.
 */
export class SnapshotFeed {
  #options: FeedOptions;
  #current: RoutingSnapshot | null = null;
  #listeners = new Set<(snapshot: RoutingSnapshot) => void>();
  #timer: NodeJS.Timeout | null = null;
  #polling: Promise<void> | null = null;
  #isFailing = false;
  #isClosed = false;

  constructor(options: FeedOptions) {
    this.#options = options;
  }

  get current(): RoutingSnapshot | null {
    return this.#current;
  }

  /** Called with each newer snapshot from now on. */
  onSnapshot(listener: (snapshot: RoutingSnapshot) => void): void {
    this.#listeners.add(listener);
  }

  /** Takes a snapshot that was just published or read; an older one than the present changes nothing. */
  offer(snapshot: RoutingSnapshot): void {
    if (this.#current !== null && !isNewer(snapshot, this.#current)) return;
    this.#current = snapshot;
    for (const listener of this.#listeners) listener(snapshot);
  }

  startPolling(): void {
    if (this.#isClosed || this.#timer !== null) return;
    this.#timer = setTimeout(() => {
      this.#polling = this.#poll().finally(() => {
        this.#timer = null;
        this.startPolling();
      });
    }, this.#options.pollMs);
  }

  /** Ends polling, and waits for the read under way. */
  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#polling;
  }

  async #poll(): Promise<void> {
    try {
      const { epoch, version } = this.#current ?? { epoch: 0, version: 0 };
      const newer = await this.#options.read({ epoch, version });
      if (newer !== null) this.offer(newer);
      if (this.#isFailing) this.#options.onRecovery();
      this.#isFailing = false;
    } catch (error) {
      if (!this.#isFailing) this.#options.onFailure(error);
      this.#isFailing = true;
    }
  }
}

function isNewer(snapshot: RoutingSnapshot, known: RoutingSnapshot): boolean {
  return snapshot.epoch === known.epoch ? snapshot.version > known.version : snapshot.epoch > known.epoch;
}
