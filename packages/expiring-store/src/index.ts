export { createExpiringStore, type ExpiringStoreOptions } from './create-expiring-store.ts';
export { createMemoryExpiringStore, type MemoryExpiringStoreOptions } from './memory/memory-store.ts';
export { type ExpiringStore, keysMax, type StoreBounds } from './port.ts';
export { createRedisExpiringStore, type RedisExpiringStoreOptions } from './redis/redis-store.ts';
