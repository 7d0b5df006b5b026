import { type EventEmitter, once } from 'node:events';
import { Redis } from 'ioredis';

export interface RedisConnectionOptions {
  url: string;
  commandTimeoutMs: number;
  onError(error: unknown): void;
}

const reconnectDelayMsMax = 1_000;

/** A connection that is tried again for ever, and on which nothing waits longer than `commandTimeoutMs`. */
export function connect({ url, commandTimeoutMs, onError }: RedisConnectionOptions): Redis {
  const client = new Redis(url, {
    commandTimeout: commandTimeoutMs,
    connectTimeout: commandTimeoutMs,
    // A server that hangs keeps its connections open: one that owes an answer for too long is closed.
    socketTimeout: commandTimeoutMs,
    disconnectTimeout: commandTimeoutMs,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    autoResubscribe: false,
    retryStrategy: (attempts) => Math.min(50 * 2 ** attempts, reconnectDelayMsMax),
  });
  let isLossTold = false;
  client.on('ready', () => {
    isLossTold = false;
  });
  client.on('error', (error) => {
    // Once for each outage: every attempt to reconnect fails with the same.
    if (isLossTold) return;
    isLossTold = true;
    onError(error);
  });
  return client;
}

/** Resolves at the event; rejects at an `error` before it, or after the deadline. */
export async function waitForEvent(emitter: EventEmitter, event: string, deadlineMs: number): Promise<void> {
  const signal = AbortSignal.timeout(deadlineMs);
  try {
    await once(emitter, event, { signal });
  } catch (error) {
    throw signal.aborted ? new Error(`Redis was not there within ${deadlineMs} ms`) : error;
  }
}
