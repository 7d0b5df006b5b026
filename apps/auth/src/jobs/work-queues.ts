import type { QueryRows } from '@aggregator/database';
import { createRabbitMqTaskQueue, type RabbitMqTaskQueue } from '@aggregator/messaging';
import { ConfigError } from '@aggregator/service-kit';
import {
  createPostgresWorkQueue,
  createRabbitMqWorkQueue,
  type PostgresWorkQueueOptions,
  type WorkQueue,
} from '@aggregator/work-queue';
import { createDueLook } from './due-look.ts';

export type OpenWorkQueue = (options: PostgresWorkQueueOptions) => WorkQueue;

/** How workers get their jobs. Jobs are written to the database of auth in either case. */
export interface WorkQueues {
  open: OpenWorkQueue;
  close(): Promise<void>;
}

const deadlineMs = 10_000;

/** @throws {ConfigError} if RabbitMQ is chosen without an address. */
export function openWorkQueues(
  config: { workQueue: 'postgres' | 'rabbitmq'; rabbitmqUrl?: string | undefined; eventTopicPrefix: string },
  query: QueryRows,
): WorkQueues {
  const { workQueue, rabbitmqUrl: url, eventTopicPrefix: prefix } = config;
  if (workQueue === 'postgres') {
    const toHasDue = createDueLook(query);
    return {
      open: (options) => createPostgresWorkQueue({ ...options, hasDue: toHasDue(options.queue) }),
      close: async () => undefined,
    };
  }
  if (url === undefined) throw new ConfigError(['RABBITMQ_URL: must be set, since WORK_QUEUE is rabbitmq.']);
  const opened: RabbitMqTaskQueue[] = [];
  return {
    open(options) {
      const queue = `${prefix}work.${options.queue}`;
      const tasks = createRabbitMqTaskQueue({ url, name: 'auth', deadlineMs, queue });
      opened.push(tasks);
      return createRabbitMqWorkQueue(options, tasks);
    },
    async close() {
      await Promise.all(opened.map((tasks) => tasks.close()));
    },
  };
}
