import { expect, it } from '@jest/globals';
import { openWorkQueues } from './work-queues.ts';

it('needs an address of RabbitMQ if jobs are handed out by it', () => {
  const open = (workQueue: 'postgres' | 'rabbitmq') => () =>
    openWorkQueues({ workQueue, eventTopicPrefix: '' }, async () => []);
  expect(open('rabbitmq')).toThrow('RABBITMQ_URL');
  expect(open('postgres')).not.toThrow();
});
