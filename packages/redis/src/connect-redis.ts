import { jitteredPauseAfter } from '@aggregator/resilience';
import { Redis, type RedisOptions } from 'ioredis';
import { isWrongServer } from './wrong-server.ts';

export interface RedisConnectionOptions {
  /** `redis://` or `rediss://` */
  url: string;
  /** A command without a reply for this long has failed. */
  commandTimeoutMs: number;
  /** Called for each error of the connection. */
  onError(error: unknown): void;
  /** Settings that only one store needs. */
  extra?: Pick<RedisOptions, 'autoResubscribe' | 'enableAutoPipelining' | 'stringNumbers'>;
}

const connectTimeoutMs = 2000;
const disconnectTimeoutMs = 500;
const socketTimeoutMsMin = 1000;
const backOff = { firstMs: 100, longestMs: 1000 };
/** Between two connections that were given up because of the server's reply. */
const changeServerMsMin = 1000;

/**
 * Returns a client on which nothing waits for long: no queue while it is not connected, no command sent again (a
 * reclaim sent twice would take twice), and a connection that has gone silent is closed and made again. A reply that
 * says "wrong server" closes the connection too: after a failover that keeps connections, only a new one reaches the
 * new primary (I24).
 */
export function connectRedis({ url, commandTimeoutMs, onError, extra }: RedisConnectionOptions): Redis {
  let changedMs = Number.NEGATIVE_INFINITY;
  const client = new Redis(url, {
    ...extra,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 1,
    commandTimeout: commandTimeoutMs,
    socketTimeout: Math.max(2 * commandTimeoutMs, socketTimeoutMsMin),
    connectTimeout: connectTimeoutMs,
    disconnectTimeout: disconnectTimeoutMs,
    retryStrategy: (attempt) => jitteredPauseAfter(attempt, backOff, Math.random),
    reconnectOnError(error) {
      if (!isWrongServer(error)) return false;
      const nowMs = performance.now();
      if (nowMs - changedMs < changeServerMsMin) return false;
      changedMs = nowMs;
      return true;
    },
  });
  client.on('error', onError);
  return client;
}
