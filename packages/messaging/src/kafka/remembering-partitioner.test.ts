import { describe, expect, it } from '@jest/globals';
import { type PartitionerArgs, Partitioners } from 'kafkajs';
import { createRememberingPartitioner } from './remembering-partitioner.ts';

function toRecord(topic: string, partitions: number, key: string): PartitionerArgs {
  const partitionMetadata = Array.from({ length: partitions }, (_, partitionId) => ({
    partitionErrorCode: 0,
    partitionId,
    leader: 1,
    replicas: [1],
    isr: [1],
  }));
  return { topic, partitionMetadata, message: { key, value: '{}' } };
}

describe('partitions of keys', () => {
  it('are the ones that every other Kafka client finds, the first time and every time after', () => {
    const choose = createRememberingPartitioner();
    const standard = Partitioners.DefaultPartitioner();

    for (const round of [1, 2]) {
      for (let index = 0; index < 100; index += 1) {
        const record = toRecord('usage', 4, `organisation-${index}`);
        expect({ round, partition: choose(record) }).toEqual({ round, partition: standard(record) });
      }
    }
  });

  it('are computed again when a topic has another number of partitions', () => {
    const choose = createRememberingPartitioner();
    const standard = Partitioners.DefaultPartitioner();

    for (const partitions of [4, 12, 4]) {
      for (let index = 0; index < 100; index += 1) {
        const record = toRecord('usage', partitions, `organisation-${index}`);
        expect(choose(record)).toBe(standard(record));
      }
    }
  });
});
