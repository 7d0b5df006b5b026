export { type ClaimStoreOptions, createClaimStore } from './claims/create-claim-store.ts';
export { createFileClaimStore } from './claims/file-claims.ts';
export { createMemoryClaimStore } from './claims/memory-claims.ts';
export type { ClaimBounds, ClaimEnd, ClaimRequest, ClaimResult, ClaimStore } from './claims/port.ts';
export { createExpiringStore, type ExpiringStoreOptions } from './create-expiring-store.ts';
export { createMemoryExpiringStore, type MemoryExpiringStoreOptions } from './memory/memory-store.ts';
export { type ExpiringStore, keysMax, type StoreBounds } from './port.ts';
export { createRedisExpiringStore, type RedisExpiringStoreOptions } from './redis/redis-store.ts';
