import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { EventRecord } from '../port.ts';
import {
  type MakeEventLog,
  recordsOfManyKeys,
  testTimeoutMs,
  valuesByKey,
  valuesOf,
  World,
  waitUntil,
} from './world.ts';

const publishers = 20;
const recordsPerPublisher = 50;
const openers = 8;
const openingRounds = 2;

export function describeDelivery(makeLog: MakeEventLog, topicPrefix: string): void {
  describeRecords(makeLog, topicPrefix);
  describeAmounts(makeLog, topicPrefix);
}

/** What a record is, and the batches that it comes in. */
function describeRecords(makeLog: MakeEventLog, topicPrefix: string): void {
  let world: World;
  beforeEach(() => {
    world = new World(makeLog, topicPrefix);
  });
  afterEach(() => world.close(), testTimeoutMs);

  it(
    'delivers every record as it was published, in the order of its key',
    async () => {
      const log = await world.openLog();
      const received = await world.consume();
      const sent = ['ä', '{"b":"\\u0000"}', '', '🦊'].flatMap((value) =>
        ['org-1', 'org-2', 'org-3'].map((key) => ({ key, value })),
      );
      await log.publish(world.topic, sent.slice(0, 5));
      await log.publish(world.topic, sent.slice(5));
      await waitUntil('all have come', () => valuesOf(received).length >= sent.length);
      expect(valuesByKey(received)).toEqual(
        Object.fromEntries(['org-1', 'org-2', 'org-3'].map((key) => [key, ['ä', '{"b":"\\u0000"}', '', '🦊']])),
      );
    },
    testTimeoutMs,
  );

  it(
    'names topic, partition and a growing decimal offset of each record',
    async () => {
      const log = await world.openLog();
      await log.publish(world.topic, recordsOfManyKeys(40, 'value'));
      const received = await world.consume({ batchMax: 7 });
      await waitUntil('all have come', () => valuesOf(received).length >= 40);
      const byPartition = Map.groupBy(received.batches.flat(), ({ partition }) => partition);
      expect(byPartition.size).toBeGreaterThan(1);
      for (const records of byPartition.values()) {
        const offsets = records.map(({ offset }) => BigInt(offset));
        expect(offsets).toEqual([...new Set(offsets)].sort((left, right) => Number(left - right)));
        expect(records.every(({ topic }) => topic === world.topic)).toBe(true);
      }
    },
    testTimeoutMs,
  );

  it(
    'hands over at most batchMax records of one partition at a time',
    async () => {
      const log = await world.openLog();
      await log.publish(
        world.topic,
        Array.from({ length: 10 }, (_, number) => ({ key: 'org-1', value: `${number}` })),
      );
      const received = await world.consume({ batchMax: 3 });
      await waitUntil('all have come', () => valuesOf(received).length >= 10);
      expect(received.batches.map(({ length }) => length)).toEqual([3, 3, 3, 1]);
    },
    testTimeoutMs,
  );
}

/** Much at once, and nothing. */
function describeAmounts(makeLog: MakeEventLog, topicPrefix: string): void {
  let world: World;
  beforeEach(() => {
    world = new World(makeLog, topicPrefix);
  });
  afterEach(() => world.close(), testTimeoutMs);

  it(
    'takes a publication of several megabytes whole and in order',
    async () => {
      const log = await world.openLog();
      const sent = Array.from({ length: 300 }, (_, number) => ({
        key: 'org-1',
        value: `${number}-`.padEnd(8_000, 'x'),
      }));
      await log.publish(world.topic, sent);
      const received = await world.consume({ batchMax: 1_000 });
      await waitUntil('all have come', () => valuesOf(received).length >= sent.length);
      expect(valuesOf(received).map((value) => value.split('-')[0])).toEqual(sent.map((_, number) => `${number}`));
    },
    testTimeoutMs,
  );

  it(
    'loses nothing and skips nothing while many publish at once and a consumer reads along',
    async () => {
      const logs = await Promise.all([world.openLog(), world.openLog(), world.openLog(), world.openLog()]);
      const received = await world.consume({ batchMax: 10 });
      await Promise.all(
        Array.from({ length: publishers }, async (_, publisher) => {
          for (let number = 0; number < recordsPerPublisher; number += 1) {
            const record: EventRecord = { key: `org-${publisher}`, value: `${publisher}/${number}` };
            await logs[publisher % logs.length]?.publish(world.topic, [record]);
          }
        }),
      );
      await waitUntil('all have come', () => valuesOf(received).length >= publishers * recordsPerPublisher);
      const numbers = Array.from({ length: recordsPerPublisher }, (_, number) => number);
      const sent = Array.from({ length: publishers }, (_, publisher) => [
        `org-${publisher}`,
        numbers.map((number) => `${publisher}/${number}`),
      ]);
      expect(valuesByKey(received)).toEqual(Object.fromEntries(sent));
    },
    testTimeoutMs,
  );

  it(
    'opens new topics for many processes at once',
    async () => {
      const logs = await Promise.all(Array.from({ length: openers }, () => world.openLog()));
      // Two processes for each topic, as the services that start together.
      const topicOf = (opener: number, round: number) => `${world.topic}.${round}.${opener >> 1}`;
      for (let round = 0; round < openingRounds; round += 1) {
        const record: EventRecord = { key: 'org-1', value: `${round}` };
        await Promise.all(logs.map((log, opener) => log.publish(topicOf(opener, round), [record])));
      }
      const received = await world.consume({ topic: topicOf(0, 0) });
      await waitUntil('both have come', () => valuesOf(received).length >= 2);
      expect(valuesOf(received)).toEqual(['0', '0']);
    },
    testTimeoutMs,
  );

  it('takes an empty publication as done', async () => {
    const log = await world.openLog();
    await expect(log.publish(world.topic, [])).resolves.toBeUndefined();
  });
}
