import { beforeEach, describe, expect, it } from '@jest/globals';
import type { ConsumedRecord, ConsumeOptions, HandleAnswer } from '../port.ts';
import { PartitionReader } from './partition-reader.ts';
import { Turns } from './turns.ts';

const accepted: HandleAnswer = { rejected: [] };
let handled: string[][];
let committed: [bigint, number][];
let errors: unknown[];

beforeEach(() => {
  [handled, committed, errors] = [[], [], []];
});

function openReader(over: {
  handle?: (records: readonly ConsumedRecord[]) => Promise<HandleAnswer>;
  turns?: Turns;
  commit?: () => Promise<void>;
}): PartitionReader {
  const consume: ConsumeOptions = {
    ...{ topic: 'topic', group: 'group', batchMax: 3, deadLetterTopic: 'dead' },
    onError: (error) => errors.push(error),
    handle: (records) => {
      handled.push(records.map(({ offset }) => offset));
      return over.handle?.(records) ?? Promise.resolve(accepted);
    },
  };
  return new PartitionReader({
    ...{ consume, publish: async () => undefined, turns: over.turns ?? new Turns() },
    commit: async (nextOffset, entries) => {
      await over.commit?.();
      committed.push([nextOffset, entries]);
    },
  });
}

function push(reader: PartitionReader, ...offsets: number[]): void {
  for (const offset of offsets) {
    const record = { topic: 'topic', partition: 0, offset: `${offset}`, key: 'org-1', value: '{}' };
    reader.push({ offset: BigInt(offset), record });
  }
}

/** Resolves when so many positions are committed: each commit is awaited in the reader's own order. */
async function untilCommitted(count: number): Promise<void> {
  while (committed.length < count) await new Promise((resolve) => setImmediate(resolve));
}

describe('a reader of a partition', () => {
  it('hands over batches of at most batchMax, and commits the offset behind each', async () => {
    const reader = openReader({});
    push(reader, 5, 6, 7, 9);
    const running = reader.run();
    await untilCommitted(2);
    await reader.stop();
    await running;
    expect(handled).toEqual([['5', '6', '7'], ['9']]);
    expect(committed).toEqual([
      [8n, 3],
      [10n, 1],
    ]);
  });

  it('passes over what the adapter itself wrote, and commits it', async () => {
    const reader = openReader({});
    reader.push({ offset: 3n, record: null });
    const running = reader.run();
    await untilCommitted(1);
    await reader.stop();
    await running;
    expect([handled, committed]).toEqual([[], [[4n, 1]]]);
  });

  it('gives a batch up in its back-off, uncommitted, when it is stopped', async () => {
    const refused = Promise.withResolvers<void>();
    const reader = openReader({
      handle: () => {
        refused.resolve();
        return Promise.reject(new Error('the database is down'));
      },
    });
    push(reader, 1);
    const running = reader.run();
    await refused.promise;
    await reader.stop();
    await running;
    expect([committed, errors]).toEqual([[], [new Error('the database is down')]]);
  });

  it('is stopped at once while another partition of its member has the turn', async () => {
    const turns = new Turns();
    const other = Promise.withResolvers<void>();
    const turn = turns.take(() => other.promise);
    const reader = openReader({ turns });
    push(reader, 1, 2, 3);
    const running = reader.run();
    await reader.stop();
    expect(reader.isBusy).toBe(false);
    other.resolve();
    await Promise.all([turn, running]);
    expect(handled).toEqual([]);
  });

  it('ends with the reason when a position cannot be committed', async () => {
    const reader = openReader({ commit: () => Promise.reject(new Error('another member has the partition')) });
    push(reader, 1, 2, 3);
    await expect(reader.run()).rejects.toThrow('another member has the partition');
  });
});
