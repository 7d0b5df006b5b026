import { Redis, type Result } from 'ioredis';
import { batchScript, grantScript, readScript, reclaimScript, takeRateScript } from './scripts.ts';

/** Connection settings of the counter store's client. */
export interface RedisClientOptions {
  /** `redis://` or `rediss://` */
  url: string;
  /** A command without a reply for this long has failed. */
  commandTimeoutMs: number;
  onError(error: unknown): void;
}

type Script<Context extends { type: 'default' | 'pipeline' }> = (
  keyCount: number,
  ...keysAndArguments: string[]
) => Result<unknown, Context>;

declare module 'ioredis' {
  interface RedisCommander<Context> {
    runBatch: Script<Context>;
    grantCredit: Script<Context>;
    reclaimCredit: Script<Context>;
    readCredit: Script<Context>;
    takeRate: Script<Context>;
  }
}

const connectTimeoutMs = 2000;
const disconnectTimeoutMs = 500;
const reconnectDelayMsMax = 1000;
const socketTimeoutMsMin = 1000;

/**
 * A client on which nothing waits for long: no queue while it is not connected, no command sent again (a reclaim sent
 * twice would take twice), and a connection that has gone silent is closed, so that it is made anew.
 */
export function connectRedis({ url, commandTimeoutMs, onError }: RedisClientOptions): Redis {
  const client = new Redis(url, {
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 1,
    commandTimeout: commandTimeoutMs,
    socketTimeout: Math.max(2 * commandTimeoutMs, socketTimeoutMsMin),
    connectTimeout: connectTimeoutMs,
    disconnectTimeout: disconnectTimeoutMs,
    // The client's own parser is off by one just below 2⁵³.
    stringNumbers: true,
    retryStrategy: (attempt) =>
      Math.min(50 * 2 ** Math.min(attempt, 10), reconnectDelayMsMax) * (0.5 + Math.random() / 2),
  });
  client.on('error', onError);
  client.defineCommand('runBatch', { lua: batchScript });
  client.defineCommand('grantCredit', { lua: grantScript });
  client.defineCommand('reclaimCredit', { lua: reclaimScript });
  client.defineCommand('readCredit', { lua: readScript });
  client.defineCommand('takeRate', { lua: takeRateScript });
  return client;
}

/** Waits for a first connection that is still being made, `deadlineMs` at most; never rejects. */
export async function waitForFirstConnection(client: Redis, deadlineMs: number): Promise<void> {
  if (client.status !== 'connecting' && client.status !== 'connect') return;
  await new Promise<void>((resolve) => {
    const done = () => {
      clearTimeout(timer);
      client.off('ready', done);
      client.off('close', done);
      resolve();
    };
    const timer = setTimeout(done, deadlineMs);
    client.once('ready', done);
    client.once('close', done);
  });
}
