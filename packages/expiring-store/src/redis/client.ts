import { connectRedis, type RedisConnectionOptions } from '@aggregator/redis';
import type { Redis, Result } from 'ioredis';
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

/** Returns a client with the scripts of the store. */
export function openTextClient(options: RedisConnectionOptions): Redis {
  const client = connectRedis({ ...options, extra: { enableAutoPipelining: true } });
  client.defineCommand('getTexts', { lua: getTextsScript });
  client.defineCommand('setText', { lua: setTextScript });
  client.defineCommand('deleteText', { lua: deleteTextScript });
  return client;
}
