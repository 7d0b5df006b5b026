import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, it } from '@jest/globals';
import { connect } from 'amqplib';
import { BreakableLink } from '../conformance/breakable-link.ts';
import { describeFaults } from '../conformance/faults.ts';
import { waitUntil } from '../conformance/world.ts';
import { describeEventLog, type MakeEventLog } from '../conformance.ts';
import { createRabbitMqEventLog } from './rabbitmq-event-log.ts';
import { UsedTopics } from './testing/broker.ts';
import { readRabbitMqUrl } from './testing/config.ts';
import { Topology } from './topology.ts';

const partitions = 4;
const used = new UsedTopics();
const { hostname, port } = new URL(readRabbitMqUrl());

const makeLog: MakeEventLog = ({ publishDeadlineMs, storeAt }) => {
  const url = new URL(readRabbitMqUrl());
  if (storeAt !== undefined) url.host = `${storeAt.host}:${storeAt.port}`;
  return used.watch(createRabbitMqEventLog({ url: url.href, clientId: 'conformance', publishDeadlineMs, partitions }));
};

describeEventLog('RabbitMQ', makeLog);
describeFaults('RabbitMQ', { host: hostname, port: Number(port) }, makeLog, `faults-${randomUUID()}`);

describe('a topic whose groups have names', () => {
  it('has a stream of that name for each group, and its type in the routing keys', async () => {
    const id = randomUUID();
    const [topic, usage, analytics] = [`usage-${id}`, `billing.usage-${id}`, `analytics.events-${id}`];
    const streams = { [topic]: { billing: usage, analytics } };
    const options = { url: readRabbitMqUrl(), clientId: 'conformance', publishDeadlineMs: 10_000, partitions: 1 };
    const log = createRabbitMqEventLog({ ...options, streams, types: { [topic]: 'ai_usage' } });
    const connection = await connect(readRabbitMqUrl());
    const channel = await connection.createChannel();
    try {
      await log.publish(topic, [{ key: 'org-1', value: 'before any group' }]);
      const { queue } = await channel.assertQueue('', { exclusive: true });
      await channel.bindQueue(queue, topic, 'ai_usage.*');
      await log.publish(topic, [{ key: 'org-1', value: 'after' }]);
      await waitUntil(
        'a queue of another consumer has it',
        async () => (await channel.checkQueue(queue)).messageCount === 1,
      );
      const got = await channel.get(queue);
      expect(got).toMatchObject({ properties: { type: 'ai_usage', headers: { key: 'org-1' } } });
      for (const group of ['billing', 'analytics']) {
        const values: string[] = [];
        await log.consume({
          ...{ topic, group, batchMax: 10, deadLetterTopic: `${topic}.dead-letter`, onError: () => undefined },
          handle: async (records) => {
            values.push(...records.map(({ value }) => value));
            return { rejected: [] };
          },
        });
        await waitUntil(`${group} has both`, () => values.length === 2);
        expect(values).toEqual(['before any group', 'after']);
      }
      const names = new Topology({ partitions: 1, streams });
      expect(() => names.streamOf(topic, 'stranger', 0)).toThrow('group stranger has no stream');
    } finally {
      await log.close();
      await channel.deleteExchange(topic);
      for (const [group, stream] of Object.entries({ billing: usage, analytics })) {
        await channel.deleteQueue(stream);
        await channel.deleteQueue(`${stream}.${group}.position`);
      }
      await connection.close();
    }
  }, 60_000);
});

describe('a topic that the broker refuses', () => {
  it('leaves no connection open for each attempt', async () => {
    const topic = `refused-${randomUUID()}`;
    const connection = await connect(readRabbitMqUrl());
    const channel = await connection.createChannel();
    await channel.assertQueue(topic, { durable: true });
    const link = new BreakableLink({ host: hostname, port: Number(port) });
    await link.open();
    const log = await makeLog({ publishDeadlineMs: 5_000, storeAt: link.address });
    try {
      for (let attempt = 0; attempt < 5; attempt += 1) {
        await expect(log.publish(topic, [{ key: 'org-1', value: 'value' }])).rejects.toThrow();
      }
      await waitUntil('no connection is left', () => link.connections === 0);
    } finally {
      await log.close();
      await link.refuse();
      await channel.deleteQueue(topic);
      await connection.close();
    }
  }, 60_000);
});

afterAll(() => used.delete(new Topology({ partitions })), 60_000);
