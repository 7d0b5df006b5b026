import { randomUUID } from 'node:crypto';
import { type AddressInfo, createConnection, createServer } from 'node:net';
import { waitFor } from '@aggregator/testing';
import { createRabbitMqWorkQueue } from '@aggregator/work-queue';
import { describeWorkQueue } from '@aggregator/work-queue/conformance';
import { openTable } from '@aggregator/work-queue/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createRabbitMqTaskQueue, type RabbitMqTaskQueue } from './task-queue.ts';
import { deleteTaskQueue, withChannel } from './testing/broker.ts';
import { readRabbitMqUrl } from './testing/config.ts';

/** A queue of a test, and tasks on it by as many connections as asked for. */
function openBroker() {
  const queue = `work.${randomUUID()}`;
  const opened: RabbitMqTaskQueue[] = [];
  return {
    queue,
    open() {
      const tasks = createRabbitMqTaskQueue({
        url: readRabbitMqUrl(),
        name: 'task-queue-test',
        deadlineMs: 10_000,
        queue,
      });
      opened.push(tasks);
      return tasks;
    },
    async close() {
      await Promise.all(opened.map((tasks) => tasks.close()));
      await deleteTaskQueue(queue);
    },
  };
}

describeWorkQueue('RabbitMQ', async (settings) => {
  const { connection, inTransaction, close } = await openTable();
  const broker = openBroker();
  const openAnother = () => createRabbitMqWorkQueue({ ...settings, connection, queue: 'conformance' }, broker.open());
  return {
    ...{ queue: openAnother(), openAnother, inTransaction },
    async close() {
      await broker.close();
      await close();
    },
  };
});

/** Stands before the broker, and ends a connection when it is asked for something. */
async function startRelay(broker: URL) {
  let cut: (() => void) | null = null;
  const server = createServer((client) => {
    const upstream = createConnection(Number(broker.port || 5672), broker.hostname);
    for (const socket of [client, upstream]) socket.on('error', () => undefined);
    client.on('data', (bytes) => {
      if (cut === null) upstream.write(bytes);
      else {
        cut();
        cut = null;
        client.destroy();
        upstream.destroy();
      }
    });
    upstream.pipe(client);
    client.on('close', () => upstream.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(broker);
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    cutAtNextRequest: () =>
      new Promise<void>((resolve) => {
        cut = resolve;
      }),
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

describe('tasks on RabbitMQ', () => {
  let broker: ReturnType<typeof openBroker>;
  beforeEach(() => {
    broker = openBroker();
  });
  afterEach(() => broker.close());

  it('are delivered again if the worker that took them is lost', async () => {
    const [lost, heir] = [broker.open(), broker.open()];
    await lost.send(['a']);
    expect((await lost.take())?.body).toBe('a');
    expect(await heir.take()).toBeNull();
    await lost.close();
    let again: Awaited<ReturnType<RabbitMqTaskQueue['take']>> = null;
    const takeAgain = async () => {
      again = await heir.take();
      return again !== null;
    };
    await waitFor(takeAgain, { describe: 'the second delivery' });
    expect(again).toMatchObject({ body: 'a' });
  });

  it('are asked for once more if the connection is lost while the broker is asked', async () => {
    const relay = await startRelay(new URL(readRabbitMqUrl()));
    const tasks = createRabbitMqTaskQueue({
      ...{ url: relay.url, name: 'task-queue-test', deadlineMs: 10_000, queue: broker.queue },
    });
    expect(await tasks.take()).toBeNull();
    await broker.open().send(['a']);
    const asked = relay.cutAtNextRequest();
    const [taken] = await Promise.all([tasks.take(), asked]);
    expect(taken?.body).toBe('a');
    taken?.acknowledge();
    await tasks.close();
    await relay.close();
  });

  it('are parked with their body if they are released too often (I13)', async () => {
    const tasks = broker.open();
    await tasks.send(['poison']);
    let deliveries = 0;
    for (let taken = await tasks.take(); taken !== null; taken = await tasks.take()) {
      deliveries += 1;
      taken.release();
    }
    expect(deliveries).toBeGreaterThan(1);
    expect(deliveries).toBeLessThan(30);
    await waitFor(
      () =>
        withChannel(async (channel) => {
          const parked = await channel.get(`${broker.queue}.dead`);
          return parked !== false && parked.content.toString() === 'poison';
        }),
      { describe: 'the parked task' },
    );
  });
});

it('a claim releases a delivery that no work queue has sent, and does the next job', async () => {
  const { connection, inTransaction, close } = await openTable();
  const broker = openBroker();
  const tasks = broker.open();
  const settings = { leaseMs: 1000, attemptsMax: 2, waitingPerTenantMax: 5, waitingMax: 5 };
  const backOff = { firstMs: 1, longestMs: 1 };
  const queue = createRabbitMqWorkQueue({ ...settings, backOff, connection, queue: 'conformance' }, tasks);
  await tasks.send(['not JSON']);
  await inTransaction(async (it) => {
    await queue.enqueue(it, new Date(), { key: 'a', tenant: 'b', body: Uint8Array.of(1) });
  });
  let [job, rejections] = [await queue.claim(new Date()).catch(() => null), 0];
  while (job === null) {
    job = await queue.claim(new Date()).catch(() => null);
    rejections += 1;
  }
  expect(job.key).toBe('a');
  expect(rejections).toBeLessThan(30);
  await broker.close();
  await close();
});
