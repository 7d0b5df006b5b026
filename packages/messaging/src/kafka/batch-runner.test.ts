import { beforeEach, describe, expect, it } from '@jest/globals';
import type { KafkaMessage } from 'kafkajs';
import type { ConsumedRecord, ConsumeOptions, HandleAnswer } from '../port.ts';
import { BatchRunner, type FetchedBatch } from './batch-runner.ts';

const accepted: HandleAnswer = { rejected: [] };
const rebalancing = new Error('the group is rebalancing');

let handled: string[][];
let committed: string[];
let resolved: string[];
let errors: unknown[];

beforeEach(() => {
  handled = [];
  committed = [];
  resolved = [];
  errors = [];
});

function createRunner(handle: (records: readonly ConsumedRecord[]) => Promise<HandleAnswer>): BatchRunner {
  const options: ConsumeOptions = {
    topic: 'topic',
    group: 'group',
    batchMax: 2,
    deadLetterTopic: 'dead',
    onError: (error) => errors.push(error),
    handle: (records) => {
      handled.push(records.map(({ offset }) => offset));
      return handle(records);
    },
  };
  return new BatchRunner(options, async () => undefined, 1);
}

function fetch(offsets: readonly string[], overrides: Partial<FetchedBatch> = {}): FetchedBatch {
  return {
    batch: { topic: 'topic', partition: 1, messages: offsets.map(toMessage) },
    heartbeat: async () => undefined,
    commitOffsetsIfNecessary: async (offsets) => {
      committed.push(...(offsets?.topics.flatMap(({ partitions }) => partitions.map(({ offset }) => offset)) ?? []));
    },
    resolveOffset: (offset) => resolved.push(offset),
    ...overrides,
  };
}

function toMessage(offset: string): KafkaMessage {
  return { key: Buffer.from('org-1'), value: Buffer.from('{}'), timestamp: '0', attributes: 0, offset, headers: {} };
}

describe('a batch from Kafka', () => {
  it('is handed over in portions, each committed before the next one', async () => {
    const seen: string[][] = [];
    const runner = createRunner(async () => {
      seen.push([...committed]);
      return accepted;
    });
    await runner.run(fetch(['5', '6', '9']));
    expect(handled).toEqual([['5', '6'], ['9']]);
    expect(seen).toEqual([[], ['7']]);
    expect([committed, resolved]).toEqual([
      ['7', '10'],
      ['6', '9'],
    ]);
  });

  it('stays in hand while it is refused, and nothing of it is committed', async () => {
    let calls = 0;
    const runner = createRunner(async () => {
      calls += 1;
      if (calls === 1) throw new Error('the database is down');
      expect(committed).toEqual([]);
      return accepted;
    });
    await runner.run(fetch(['5', '6']));
    expect(handled).toEqual([
      ['5', '6'],
      ['5', '6'],
    ]);
    expect(committed).toEqual(['7']);
    expect(errors).toEqual([new Error('the database is down')]);
  });

  it('keeps its member in the group however long it takes', async () => {
    const beatOften = Promise.withResolvers<void>();
    let beats = 0;
    const runner = createRunner(() => beatOften.promise.then(() => accepted));
    const heartbeat = async () => {
      beats += 1;
      if (beats === 3) beatOften.resolve();
    };
    await runner.run(fetch(['5'], { heartbeat }));
    expect(committed).toEqual(['6']);
  });

  it('is left after the portion in hand once the group turns the member away', async () => {
    const turnedAway = Promise.withResolvers<void>();
    const runner = createRunner(() => turnedAway.promise.then(() => accepted));
    const heartbeat = () => {
      setImmediate(turnedAway.resolve);
      return Promise.reject(rebalancing);
    };
    await expect(runner.run(fetch(['5', '6', '7'], { heartbeat }))).rejects.toBe(rebalancing);
    expect([handled, committed]).toEqual([[['5', '6']], ['7']]);
  });

  it('is dropped, to be fetched again, when it was fetched before a failure', async () => {
    const runner = createRunner(async () => accepted);
    const commitOffsetsIfNecessary = () => Promise.reject(rebalancing);
    await expect(runner.run(fetch(['5'], { commitOffsetsIfNecessary }))).rejects.toBe(rebalancing);
    await runner.run(fetch(['8']));
    expect([handled, resolved]).toEqual([[['5']], []]);
    runner.acceptAgain();
    await runner.run(fetch(['5']));
    expect([handled, resolved]).toEqual([[['5'], ['5']], ['5']]);
  });

  it('is given up in its back-off, uncommitted, when the consumer is closed', async () => {
    const refused = Promise.withResolvers<void>();
    const runner = createRunner(() => {
      refused.resolve();
      return Promise.reject(new Error('the database is down'));
    });
    const running = runner.run(fetch(['5']));
    await refused.promise;
    await runner.stop();
    await running;
    await runner.run(fetch(['6']));
    expect([handled, committed, runner.isBusy]).toEqual([[['5']], [], false]);
  });
});
