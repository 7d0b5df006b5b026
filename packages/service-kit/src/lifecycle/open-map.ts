/** Entries that may leave a Map before it is replaced; a replacement copies those that are left. */
const leftMin = 64;

/**
 * Map of what is open at the moment, by a key, in the order of entry. Replaces its inner Map again and again, because a Map that
 * things pass through keeps them: each table that V8 makes is kept by the one before it, until the next full collection (`Roster`).
 */
export class OpenMap<Key, Value> implements Iterable<[Key, Value]> {
  #entries = new Map<Key, Value>();
  /** Entries that have left since the last replacement. */
  #left = 0;

  get size(): number {
    return this.#entries.size;
  }

  has(key: Key): boolean {
    return this.#entries.has(key);
  }

  get(key: Key): Value | undefined {
    return this.#entries.get(key);
  }

  set(key: Key, value: Value): void {
    this.#entries.set(key, value);
  }

  /** Returns false if there was no such entry. */
  delete(key: Key): boolean {
    if (!this.#entries.delete(key)) return false;
    this.#left += 1;
    if (this.#left >= Math.max(leftMin, this.#entries.size)) {
      this.#entries = new Map(this.#entries);
      this.#left = 0;
    }
    return true;
  }

  /** Values in the order of entry. Nothing may enter or leave during the iteration. */
  values(): Iterable<Value> {
    return this.#entries.values();
  }

  /** Entries as they are now; changes during the iteration do not show. */
  [Symbol.iterator](): Iterator<[Key, Value]> {
    return [...this.#entries].values();
  }
}
