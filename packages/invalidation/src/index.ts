export { createInvalidationChannel } from './create-invalidation-channel.ts';
export { createMemoryInvalidationChannel, type MemoryInvalidationChannelOptions } from './memory/memory-channel.ts';
export type { InvalidationChannel } from './port.ts';
export { createRedisInvalidationChannel, type RedisInvalidationChannelOptions } from './redis/redis-channel.ts';
