import type { InvalidationChannel } from './port.ts';
import { createRedisInvalidationChannel } from './redis/redis-channel.ts';

const commandTimeoutMs = 1000;

/** The invalidation channel between processes. */
export function createInvalidationChannel(options: {
  redisUrl: string;
  /** Installations with different prefixes share a server without meeting. */
  keyPrefix: string;
  onError(error: unknown): void;
}): InvalidationChannel {
  const { redisUrl, keyPrefix, onError } = options;
  const inner = createRedisInvalidationChannel({ url: redisUrl, commandTimeoutMs, onError });
  return {
    publish: (channel, message) => inner.publish(keyPrefix + channel, message),
    subscribe: (channel, onMessage, onGap) => inner.subscribe(keyPrefix + channel, onMessage, onGap),
    close: () => inner.close(),
  };
}
