import { type Channel, connect } from 'amqplib';
import type { EventLog } from '../../port.ts';
import type { Topology } from '../topology.ts';
import { readRabbitMqUrl } from './config.ts';

/** Runs `use` with a channel of a new connection to the broker of the tests. */
export async function withChannel<T>(use: (channel: Channel) => Promise<T>): Promise<T> {
  const connection = await connect(readRabbitMqUrl());
  try {
    return await use(await connection.createChannel());
  } finally {
    await connection.close();
  }
}

/** Deletes a queue of tasks with what is parked. */
export function deleteTaskQueue(queue: string): Promise<void> {
  return withChannel(async (channel) => {
    for (const name of [queue, `${queue}.dead`]) await channel.deleteQueue(name);
  });
}

/** Remembers the topics and groups of the logs of a test file, since a broker does not list what it has over AMQP. */
export class UsedTopics {
  readonly #topics = new Map<string, Set<string>>();

  watch(log: EventLog): EventLog {
    return {
      publish: (topic, records) => {
        this.#note(topic);
        return log.publish(topic, records);
      },
      consume: (options) => {
        this.#note(options.topic, options.group);
        this.#note(options.deadLetterTopic);
        return log.consume(options);
      },
      readPositions: (topic, group) => {
        this.#note(topic, group);
        return log.readPositions(topic, group);
      },
      checkHealth: () => log.checkHealth(),
      close: () => log.close(),
    };
  }

  async delete(topology: Topology): Promise<void> {
    await withChannel(async (channel) => {
      for (const [topic, groups] of this.#topics) {
        await channel.deleteExchange(topic);
        for (let partition = 0; partition < topology.partitions; partition += 1) {
          await channel.deleteQueue(topology.streamOf(topic, [...groups][0] ?? '', partition));
          for (const group of groups) await channel.deleteQueue(topology.claimsOf(topic, group, partition));
        }
      }
    });
  }

  #note(topic: string, group?: string): void {
    const groups = this.#topics.get(topic) ?? new Set<string>();
    this.#topics.set(topic, groups);
    if (group !== undefined) groups.add(group);
  }
}
