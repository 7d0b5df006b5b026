import { checkKey, checkKeys, checkTtl, type ExpiringStore, type StoreBounds, sizeOf } from '../port.ts';

export interface MemoryExpiringStoreOptions extends StoreBounds {
  /** A monotonic clock in milliseconds. Default: `performance.now`. */
  now?: () => number;
}

/** The store inside this process. Its content ends with the process. */
export function createMemoryExpiringStore(options: MemoryExpiringStoreOptions): ExpiringStore {
  return new MemoryExpiringStore(options, options.now ?? (() => performance.now()));
}

interface Entry {
  readonly value: string;
  readonly size: number;
  readonly expiresMs: number;
}

class MemoryExpiringStore implements ExpiringStore {
  readonly #bounds: StoreBounds;
  readonly #now: () => number;
  /** A map keeps the order of insertion, and use inserts again: the first is the one used longest ago. */
  readonly #entries = new Map<string, Entry>();
  #bytes = 0;
  /** No entry expires before this. */
  #firstExpiryMs = Number.POSITIVE_INFINITY;

  constructor(bounds: StoreBounds, now: () => number) {
    this.#bounds = bounds;
    this.#now = now;
  }

  async get(key: string): Promise<string | null> {
    checkKey(key);
    return this.#read(key);
  }

  async getMany(keys: readonly string[]): Promise<(string | null)[]> {
    checkKeys(keys);
    return keys.map((key) => this.#read(key));
  }

  async set(key: string, value: string, ttlMs: number): Promise<void> {
    checkKey(key);
    checkTtl(ttlMs);
    if (Buffer.byteLength(value) > this.#bounds.valueBytesMax) return;
    this.#drop(key);
    const expiresMs = this.#now() + ttlMs;
    const size = sizeOf(key, value);
    this.#entries.set(key, { value, size, expiresMs });
    this.#bytes += size;
    this.#firstExpiryMs = Math.min(this.#firstExpiryMs, expiresMs);
    if (this.#isOverfull()) this.#makeRoom();
  }

  async replace(key: string, expected: string, value: string, ttlMs: number): Promise<boolean> {
    checkKey(key);
    checkTtl(ttlMs);
    if (this.#read(key) !== expected || Buffer.byteLength(value) > this.#bounds.valueBytesMax) return false;
    await this.set(key, value, ttlMs);
    return true;
  }

  async delete(key: string): Promise<void> {
    checkKey(key);
    this.#drop(key);
  }

  async close(): Promise<void> {
    this.#entries.clear();
    this.#bytes = 0;
  }

  #read(key: string): string | null {
    const entry = this.#entries.get(key);
    if (entry === undefined) return null;
    if (entry.expiresMs <= this.#now()) {
      this.#drop(key);
      return null;
    }
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.value;
  }

  #isOverfull(): boolean {
    return this.#entries.size > this.#bounds.entriesMax || this.#bytes > this.#bounds.bytesMax;
  }

  /** First what has expired, so that it never displaces what lives. */
  #makeRoom(): void {
    const now = this.#now();
    if (this.#firstExpiryMs <= now) {
      this.#firstExpiryMs = Number.POSITIVE_INFINITY;
      for (const [key, { expiresMs }] of this.#entries) {
        if (expiresMs <= now) this.#drop(key);
        else this.#firstExpiryMs = Math.min(this.#firstExpiryMs, expiresMs);
      }
    }
    for (const key of this.#entries.keys()) {
      if (!this.#isOverfull()) return;
      this.#drop(key);
    }
  }

  #drop(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.#bytes -= entry.size;
  }
}
