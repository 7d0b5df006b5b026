import { randomUUID } from 'node:crypto';
import { afterAll } from '@jest/globals';
import { Kafka, logLevel } from 'kafkajs';
import { describeEventLog } from '../conformance.ts';
import { createKafkaEventLog } from './kafka-event-log.ts';

const topicPrefix = `conformance-${randomUUID()}`;

function readBrokers(): string[] {
  const brokers = process.env.KAFKA_BROKERS;
  if (brokers === undefined || brokers === '')
    throw new Error('KAFKA_BROKERS is not set: these tests need a real Kafka');
  return brokers.split(',');
}

describeEventLog(
  'Kafka',
  ({ publishDeadlineMs, storeAt }) =>
    createKafkaEventLog({
      brokers: storeAt === undefined ? readBrokers() : [`${storeAt.host}:${storeAt.port}`],
      clientId: 'conformance',
      publishDeadlineMs,
      partitions: 4,
      replicationFactor: 1,
    }),
  topicPrefix,
);

afterAll(async () => {
  const admin = new Kafka({ brokers: readBrokers(), logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(topicPrefix));
  await admin.deleteTopics({ topics });
  await admin.disconnect();
});
