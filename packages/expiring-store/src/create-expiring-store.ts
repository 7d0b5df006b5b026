import { createMemoryExpiringStore } from './memory/memory-store.ts';
import type { ExpiringStore, StoreBounds } from './port.ts';
import { createRedisExpiringStore } from './redis/redis-store.ts';

const mebibyte = 1024 * 1024;

export interface ExpiringStoreOptions {
  /** Unset, the store is in this process and ends with it. */
  redisUrl: string | undefined;
  /** Stores with different prefixes share a server without meeting, each with separate bounds. */
  keyPrefix: string;
  entriesMax: number;
  /** Default: 256 MiB. */
  bytesMax?: number;
  /** Default: 1 MiB. */
  valueBytesMax?: number;
  onError(error: unknown): void;
}

export function createExpiringStore(options: ExpiringStoreOptions): ExpiringStore {
  const { redisUrl, keyPrefix, entriesMax, onError } = options;
  const bounds: StoreBounds = {
    entriesMax,
    bytesMax: options.bytesMax ?? 256 * mebibyte,
    valueBytesMax: options.valueBytesMax ?? mebibyte,
  };
  if (redisUrl === undefined) return createMemoryExpiringStore(bounds);
  return createRedisExpiringStore({ ...bounds, url: redisUrl, keyPrefix, onError });
}
