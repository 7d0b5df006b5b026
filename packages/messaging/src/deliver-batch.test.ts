import { describe, expect, it } from '@jest/globals';
import { deliverBatch } from './deliver-batch.ts';
import type { EventRecord } from './port.ts';

const record = { topic: 'usage', partition: 3, offset: '12', key: 'org-1', value: '{}' };

describe('delivering a batch', () => {
  it('is done only when the dead letters are durable', async () => {
    const delivery = deliverBatch(
      { deadLetterTopic: 'dead', handle: async () => ({ rejected: [{ record, reason: 'not JSON' }] }) },
      [record],
      () => Promise.reject(new Error('the log is down')),
    );
    await expect(delivery).rejects.toThrow('the log is down');
  });

  it('publishes nothing when nothing was rejected', async () => {
    const publish = () => Promise.reject(new Error('published'));
    const handle = async () => ({ rejected: [] });
    await expect(deliverBatch({ deadLetterTopic: 'dead', handle }, [record], publish)).resolves.toBeUndefined();
  });

  it('writes letters that fit in a Kafka record for every rejected record', async () => {
    const letters: EventRecord[] = [];
    const poison = { ...record, value: '\u0000'.repeat(1_000_000) };
    await deliverBatch(
      {
        deadLetterTopic: 'dead',
        handle: async () => ({ rejected: [{ record: poison, reason: 'r'.repeat(1_000_000) }] }),
      },
      [poison],
      async (_topic, records) => {
        letters.push(...records);
      },
    );
    expect(letters.map(({ value }) => Buffer.byteLength(value) < 1_000_000)).toEqual([true]);
  });
});
