import { Redis, type Result } from 'ioredis';
import { deleteTextScript, getTextsScript, setTextScript } from './scripts.ts';

type Script<Context extends { type: 'default' | 'pipeline' }> = (
  keyCount: number,
  ...keysAndArguments: string[]
) => Result<unknown, Context>;

declare module 'ioredis' {
  interface RedisCommander<Context> {
    getTexts: Script<Context>;
    setText: Script<Context>;
    deleteText: Script<Context>;
  }
}

const connectTimeoutMs = 2000;
const disconnectTimeoutMs = 500;
const reconnectDelayMsMax = 1000;
const socketTimeoutMs = 1000;

export interface RedisClientOptions {
  /** `redis://` or `rediss://` */
  url: string;
  /** A command without a reply for this long has failed. */
  commandTimeoutMs: number;
  onError(error: unknown): void;
}

/** A client on which nothing waits: no queue while it is not connected, and a connection that has gone silent is closed. */
export function connectRedis({ url, commandTimeoutMs, onError }: RedisClientOptions): Redis {
  const client = new Redis(url, {
    enableAutoPipelining: true,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 1,
    commandTimeout: commandTimeoutMs,
    socketTimeout: socketTimeoutMs,
    connectTimeout: connectTimeoutMs,
    disconnectTimeout: disconnectTimeoutMs,
    retryStrategy: (attempt) =>
      Math.min(50 * 2 ** Math.min(attempt, 10), reconnectDelayMsMax) * (0.5 + Math.random() / 2),
  });
  client.on('error', onError);
  client.defineCommand('getTexts', { lua: getTextsScript });
  client.defineCommand('setText', { lua: setTextScript });
  client.defineCommand('deleteText', { lua: deleteTextScript });
  return client;
}
