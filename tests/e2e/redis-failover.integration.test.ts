import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRedisAdmissionStore } from '@aggregator/admission';
import { createRedisExpiringStore } from '@aggregator/expiring-store';
import { createRedisInvalidationChannel } from '@aggregator/invalidation';
import { connectRedis } from '@aggregator/redis';
import { type ChildProgram, findFreePort, startProgram, waitFor } from '@aggregator/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Relay, startRelay } from './relay-to-server.ts';

const host = '127.0.0.1';
const orgId = crypto.randomUUID();
const ignore = () => undefined;
const limit = { subject: 'user:1:management', ratePerMinute: 1000, cost: 1 };

interface Server {
  port: number;
  run(...words: string[]): Promise<unknown>;
  stop(): Promise<void>;
}

/** One Redis server without persistence. */
async function startServer(folder: string): Promise<Server> {
  const port = await findFreePort();
  const program: ChildProgram = startProgram('redis-server', [
    ...['--port', String(port), '--bind', host, '--dir', folder, '--save', '', '--appendonly', 'no'],
    ...['--repl-diskless-sync-delay', '0'],
  ]);
  const client = connectRedis({ url: `redis://${host}:${port}`, commandTimeoutMs: 2000, onError: ignore });
  const run = (command = '', ...words: string[]) => client.call(command, ...words);
  await waitFor(() => run('PING').then(Boolean, () => false), { describe: 'a Redis server' });
  return {
    port,
    run,
    async stop() {
      client.disconnect();
      await program.stop();
    },
  };
}

describe('a Redis failover that keeps connections open (I24)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'aggregator-redis-'));
  let before: Server;
  let after: Server;
  let relay: Relay;
  let url: string;
  const opened: { close(): Promise<void> }[] = [];
  const keep = <Store extends { close(): Promise<void> }>(store: Store): Store => {
    opened.push(store);
    return store;
  };

  beforeEach(async () => {
    [before, after] = await Promise.all([startServer(folder), startServer(folder)]);
    await after.run('REPLICAOF', host, String(before.port));
    relay = await startRelay({ host, port: before.port });
    url = `redis://${host}:${relay.port}`;
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((store) => store.close()));
    await relay.close();
    await Promise.all([before.stop(), after.stop()]);
    rmSync(folder, { recursive: true, force: true });
  });

  /** As managed services do: the replica is promoted, the address leads to it, the old primary becomes its replica. */
  async function failOver(): Promise<void> {
    await after.run('REPLICAOF', 'NO', 'ONE');
    relay.leadTo({ host, port: after.port });
    await before.run('REPLICAOF', host, String(after.port));
  }
  const succeeds = (work: () => Promise<unknown>) =>
    work().then(
      () => true,
      () => false,
    );

  it('lets the counter store, texts and messages reach the new primary without a restart', async () => {
    const options = { url, commandTimeoutMs: 1000, onError: ignore };
    const counters = keep(createRedisAdmissionStore(options));
    const bounds = { entriesMax: 100, bytesMax: 100_000, valueBytesMax: 10_000 };
    const texts = keep(
      createRedisExpiringStore({ url, keyPrefix: 't:', deadlineMs: 1000, onError: ignore, ...bounds }),
    );
    const messages = keep(createRedisInvalidationChannel(options));
    const direct = { ...options, url: `redis://${host}:${after.port}` };
    const heard: string[] = [];
    const listening = keep(createRedisInvalidationChannel(direct));
    await waitFor(() => succeeds(() => counters.takeRate(limit)), { describe: 'the counter store' });
    await texts.set('a', 'before', 60_000);
    await messages.publish('forget', 'before');

    await failOver();
    await listening.subscribe('forget', (message) => void heard.push(message), ignore);

    await waitFor(() => succeeds(() => counters.takeRate(limit)), { describe: 'a write' });
    await waitFor(() => succeeds(() => counters.grantCredit({ orgId, leaseId: 'one', amountNanoUsd: 1n })), {
      describe: 'credit',
    });
    await waitFor(
      async () => {
        await texts.set('a', 'after', 60_000);
        return (await texts.get('a').catch(() => null)) === 'after';
      },
      { describe: 'a text' },
    );
    await messages.publish('forget', 'after');
    await waitFor(() => heard.includes('after'), { describe: 'a message at the new primary' });
    expect(heard).not.toContain('before');
  });
});
