export { connectRedis, type RedisConnectionOptions } from './connect-redis.ts';
export { isWrongServer } from './wrong-server.ts';
