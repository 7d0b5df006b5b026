import { type RoutingSnapshot, secretRefsOf } from '@aggregator/contracts';
import type { ExpiringStore } from '@aggregator/expiring-store';
import { type Envelope, lastKnownGoodStore, packLastKnownGood, readStateNumber } from '@aggregator/service-kit';
import type { ReadStored } from '../health/list-targets.ts';

interface WriterOptions {
  store: ExpiringStore;
  envelope: Envelope;
  readCurrent(): RoutingSnapshot | null;
  readStored: ReadStored;
  /** A change is written so much later, with all that came meanwhile. */
  debounceMs: number;
  /** Written again even so, because the store may lose it. */
  intervalMs: number;
  onTooLarge(bytes: number): void;
  /** The next time is tried again. */
  onFailure(error: unknown): void;
}

const { key, ttlMs, bounds } = lastKnownGoodStore;

/**
 * Keeps what is published, and the keys for it, where proxies find it that start while this service is away. Best effort: it
 * never holds anything up, and what is older never replaces what is newer.
 */
export class LastKnownGoodWriter {
  readonly #options: WriterOptions;
  #timer: NodeJS.Timeout | null = null;
  #dueMs = Number.POSITIVE_INFINITY;
  #writing: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(options: WriterOptions) {
    this.#options = options;
  }

  /** There is something newer. */
  noteChange(): void {
    this.#schedule(this.#options.debounceMs);
  }

  /** Takes no new write, and waits for the one under way: each part of it has a deadline. */
  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#writing;
  }

  /** One timer at a time: what is due sooner takes its place. */
  #schedule(delayMs: number): void {
    const dueMs = performance.now() + delayMs;
    if (this.#isClosed || dueMs >= this.#dueMs) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#dueMs = dueMs;
    this.#timer = setTimeout(() => {
      this.#dueMs = Number.POSITIVE_INFINITY;
      this.#writing = this.#writing.then(() => this.#write()).finally(() => this.#schedule(this.#options.intervalMs));
    }, delayMs);
  }

  async #write(): Promise<void> {
    const { store, envelope, readCurrent, readStored, onTooLarge, onFailure } = this.#options;
    const snapshot = readCurrent();
    if (snapshot === null || this.#isClosed) return;
    try {
      const refs = new Set(snapshot.providers.flatMap(secretRefsOf));
      const secrets = await readStored([...refs]);
      const credentials = Object.fromEntries([...secrets].map(([ref, secret]) => [ref, secret.reveal()]));
      const text = await packLastKnownGood(envelope, snapshot, { snapshot, credentials });
      if (text.length > bounds.valueBytesMax) onTooLarge(text.length);
      else if (!isNewer(await store.get(key), snapshot)) await store.set(key, text, ttlMs);
    } catch (error) {
      onFailure(error);
    }
  }
}

function isNewer(kept: string | null, { epoch, version }: RoutingSnapshot): boolean {
  const number = kept === null ? null : readStateNumber(kept);
  return number !== null && (number.epoch > epoch || (number.epoch === epoch && number.version > version));
}
