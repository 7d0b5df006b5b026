import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { type MakeEventLog, testTimeoutMs, World } from './world.ts';

const publishDeadlineMs = 1_000;
/** What a loaded machine may add to a deadline. */
const slackMs = 1_500;

export function describeOutages(makeLog: MakeEventLog, topicPrefix: string): void {
  let world: World;
  beforeEach(() => {
    world = new World(makeLog, topicPrefix);
  });
  afterEach(() => world.close(), testTimeoutMs);

  it('is healthy while its store is', async () => {
    const log = await world.openLog();
    await expect(log.checkHealth()).resolves.toBeUndefined();
    await log.publish(world.topic, [{ key: 'org-1', value: 'value' }]);
    await expect(log.checkHealth()).resolves.toBeUndefined();
  });

  it(
    'refuses a publication within its deadline when the store cannot be reached',
    async () => {
      const server = await listenSilently();
      const storeAt = addressOf(server);
      await new Promise((resolve) => server.close(resolve));
      await expectRefusals(world, storeAt);
    },
    testTimeoutMs,
  );

  it(
    'refuses a publication within its deadline when the store accepts connections and never answers',
    async () => {
      const server = await listenSilently();
      try {
        await expectRefusals(world, addressOf(server));
      } finally {
        server.close();
      }
    },
    testTimeoutMs,
  );

  it('refuses a publication once it is closed', async () => {
    const log = await world.openLog();
    await log.publish(world.topic, [{ key: 'org-1', value: 'value' }]);
    await log.close();
    await expect(log.publish(world.topic, [{ key: 'org-1', value: 'late' }])).rejects.toThrow();
  });
}

async function expectRefusals(world: World, storeAt: { host: string; port: number }): Promise<void> {
  const log = await world.openLog({ publishDeadlineMs, storeAt });
  const startedMs = performance.now();
  const publishing = Array.from({ length: 10 }, () => log.publish(world.topic, [{ key: 'org-1', value: 'value' }]));
  const outcomes = await Promise.allSettled([...publishing, log.checkHealth()]);
  expect(performance.now() - startedMs).toBeLessThan(publishDeadlineMs + slackMs);
  expect(outcomes.map(({ status }) => status)).toEqual(outcomes.map(() => 'rejected'));
}

/** Accepts and says nothing; its connections do not keep it open. */
async function listenSilently(): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.resume().unref();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function addressOf(server: Server): { host: string; port: number } {
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening on a port');
  return { host: '127.0.0.1', port: address.port };
}
