import { type EventEmitter, once } from 'node:events';
import { connectRedis, type RedisConnectionOptions } from '@aggregator/redis';
import type { Redis } from 'ioredis';

/**
 * Returns a client for messages; an outage is reported once, because every attempt to reconnect fails with the same
 * error.
 */
export function openMessageClient(options: RedisConnectionOptions): Redis {
  let isLossReported = false;
  const onError = (error: unknown) => {
    if (isLossReported) return;
    isLossReported = true;
    options.onError(error);
  };
  const client = connectRedis({ ...options, onError, extra: { autoResubscribe: false } });
  client.on('ready', () => {
    isLossReported = false;
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
