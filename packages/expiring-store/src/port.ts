/**
 * Texts that are worth keeping for a while and can be made again: answers, thoughts. Losing one costs time, never
 * correctness; so nothing here ever rejects, and nothing here is waited for longer than `deadlineMsMax`.
 */
export interface ExpiringStore {
  /** Null if there is no entry, if it has expired, and if the store does not answer in time. */
  get(key: string): Promise<string | null>;
  /** In the order of the keys, in one round trip. RangeError for more than `keysMax` keys. */
  getMany(keys: readonly string[]): Promise<(string | null)[]>;
  /** Keeps a text for `ttlMs` milliseconds at most; what is larger than the bound of one text is not kept. */
  set(key: string, value: string, ttlMs: number): Promise<void>;
  /**
   * Keeps a text in place of `expected`, in one step. Resolves to false if the entry has another text or none, if the
   * text is larger than its bound, and if the store does not answer in time: then it may be kept or not.
   */
  replace(key: string, expected: string, value: string, ttlMs: number): Promise<boolean>;
  delete(key: string): Promise<void>;
  close(): Promise<void>;
}

/** The most that a store holds. The entry used longest ago is removed first; expired entries no longer count. */
export interface StoreBounds {
  readonly entriesMax: number;
  /** UTF-8 bytes of all keys and texts. */
  readonly bytesMax: number;
  /** UTF-8 bytes of one text. */
  readonly valueBytesMax: number;
}

/** Longest wait for the store, in milliseconds: a hung store is a dead one. */
export const deadlineMsMax = 100;
/** Most keys of one look-up. */
export const keysMax = 64;

const keyLengthMax = 1024;
const ttlMsMax = 7 * 86_400_000;

/** @throws RangeError if an argument is out of range. */
export function checkKeys(keys: readonly string[]): void {
  if (keys.length > keysMax) throw new RangeError(`more than ${keysMax} keys at once`);
  for (const key of keys) checkKey(key);
}

export function checkKey(key: string): void {
  if (key === '' || key.length > keyLengthMax) throw new RangeError(`a key has 1 to ${keyLengthMax} characters`);
  if (key.startsWith('#')) throw new RangeError('names that begin with # are those of the index');
}

export function checkTtl(ttlMs: number): void {
  if (!Number.isInteger(ttlMs) || ttlMs < 1 || ttlMs > ttlMsMax) {
    throw new RangeError(`a time to live is 1 to ${ttlMsMax} whole milliseconds`);
  }
}

/** UTF-8 bytes that an entry counts for. */
export function sizeOf(key: string, value: string): number {
  return Buffer.byteLength(key) + Buffer.byteLength(value);
}
