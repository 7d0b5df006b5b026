import { connectRedis, type RedisConnectionOptions } from '@aggregator/redis';
import type { Redis, Result } from 'ioredis';
import {
  batchScript,
  countSlotsScript,
  emptyBudgetsScript,
  grantBudgetScript,
  grantScript,
  readBudgetScript,
  readScript,
  recallScript,
  reclaimScript,
  takeRateScript,
} from './scripts.ts';

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
    grantBudget: Script<Context>;
    readBudget: Script<Context>;
    emptyBudgets: Script<Context>;
    countSlots: Script<Context>;
    recallSlices: Script<Context>;
  }
}

/** Returns a client with the scripts of the counter store. */
export function openCounterClient(options: RedisConnectionOptions): Redis {
  // The client's own parser is off by one just below 2⁵³.
  const client = connectRedis({ ...options, extra: { stringNumbers: true } });
  client.defineCommand('runBatch', { lua: batchScript });
  client.defineCommand('grantCredit', { lua: grantScript });
  client.defineCommand('reclaimCredit', { lua: reclaimScript });
  client.defineCommand('readCredit', { lua: readScript });
  client.defineCommand('takeRate', { lua: takeRateScript });
  client.defineCommand('grantBudget', { lua: grantBudgetScript });
  client.defineCommand('readBudget', { lua: readBudgetScript });
  client.defineCommand('emptyBudgets', { lua: emptyBudgetsScript });
  client.defineCommand('countSlots', { lua: countSlotsScript });
  client.defineCommand('recallSlices', { lua: recallScript });
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
