import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { DeadLetter, EventLog } from '../port.ts';
import {
  acceptAll,
  Gate,
  type MakeEventLog,
  recordsOfManyKeys,
  testTimeoutMs,
  valuesOf,
  World,
  waitUntil,
} from './world.ts';

export function describeGroups(makeLog: MakeEventLog, topicPrefix: string): void {
  describePositions(makeLog, topicPrefix);
  describeRestarts(makeLog, topicPrefix);
  describeRefusals(makeLog, topicPrefix);
  describeMembers(makeLog, topicPrefix);
}

function describePositions(makeLog: MakeEventLog, topicPrefix: string): void {
  let world: World;
  beforeEach(() => {
    world = new World(makeLog, topicPrefix);
  });
  afterEach(() => world.close(), testTimeoutMs);

  it(
    'gives every group everything, from the oldest record on',
    async () => {
      const log = await world.openLog();
      await log.publish(world.topic, recordsOfManyKeys(20, 'before'));
      const one = await world.consume({ group: `${world.group}-one` });
      const other = await world.consume({ group: `${world.group}-other` });
      await log.publish(world.topic, recordsOfManyKeys(20, 'after'));
      await waitUntil('both have all', () => valuesOf(one).length >= 40 && valuesOf(other).length >= 40);
      expect(valuesOf(one).toSorted()).toEqual(valuesOf(other).toSorted());
      expect(new Set(valuesOf(one)).size).toBe(40);
    },
    testTimeoutMs,
  );

  it(
    'says how far a group has read: not beyond what it has handled, and to the end once it has handled all',
    async () => {
      const log = await world.openLog();
      expect(await lagOf(log)).toBe(0n);
      await log.publish(world.topic, recordsOfManyKeys(20, 'value'));
      // An adapter may count what it wrote itself.
      expect(await lagOf(log)).toBeGreaterThanOrEqual(20n);
      const gate = new Gate();
      const received = await world.consume({
        async handle() {
          await gate.passed;
          return { rejected: [] };
        },
      });
      await waitUntil('one batch is in hand', () => received.batches.length > 0);
      expect(await lagOf(log)).toBeGreaterThanOrEqual(20n);
      gate.open();
      await waitUntil('all are handled', async () => (await lagOf(log)) === 0n);
      expect(valuesOf(received)).toHaveLength(20);
      await log.publish(world.topic, recordsOfManyKeys(1, 'more'));
      await received.consumer.close();
      expect(await lagOf(log, `${world.group}-other`)).toBeGreaterThanOrEqual(21n);
    },
    testTimeoutMs,
  );

  async function lagOf(log: EventLog, group = world.group): Promise<bigint> {
    const positions = await log.readPositions(world.topic, group);
    return positions.reduce((lag, { position, end }) => lag + end - position, 0n);
  }
}

function describeRestarts(makeLog: MakeEventLog, topicPrefix: string): void {
  let world: World;
  beforeEach(() => {
    world = new World(makeLog, topicPrefix);
  });
  afterEach(() => world.close(), testTimeoutMs);

  it(
    'continues after a restart where the group has committed',
    async () => {
      const log = await world.openLog();
      await log.publish(world.topic, recordsOfManyKeys(20, 'first'));
      const before = await world.consume();
      await waitUntil('the first have come', () => valuesOf(before).length >= 20);
      await before.consumer.close();
      const second = recordsOfManyKeys(20, 'second');
      await log.publish(world.topic, second);
      const after = await world.consume();
      await waitUntil('the second have come', () => valuesOf(after).length >= 20);
      expect(valuesOf(after).toSorted()).toEqual(second.map(({ value }) => value).toSorted());
    },
    testTimeoutMs,
  );

  it(
    'gives a restarted group again what was not handled',
    async () => {
      const log = await world.openLog();
      await log.publish(world.topic, [{ key: 'org-1', value: 'unhandled' }]);
      const refusing = await world.consume({ handle: () => Promise.reject(new Error('the database is down')) });
      await waitUntil('it was refused', () => refusing.errors.length > 0);
      await refusing.consumer.close();
      const after = await world.consume();
      await waitUntil('it has come', () => valuesOf(after).length > 0);
      expect(valuesOf(after)).toEqual(['unhandled']);
    },
    testTimeoutMs,
  );

  it(
    'finishes and commits the batch in hand when a consumer is closed',
    async () => {
      const log = await world.openLog();
      await log.publish(world.topic, [{ key: 'org-1', value: 'in hand' }]);
      const gate = new Gate();
      const closing = await world.consume({ handle: () => gate.passed.then(acceptAll) });
      await waitUntil('it is in hand', () => valuesOf(closing).length > 0);
      let isClosed = false;
      const closed = closing.consumer.close().then(() => {
        isClosed = true;
      });
      await log.publish(world.topic, [{ key: 'org-1', value: 'later' }]);
      expect(isClosed).toBe(false);
      gate.open();
      await closed;
      const after = await world.consume();
      await waitUntil('the later one has come', () => valuesOf(after).length > 0);
      expect([valuesOf(closing), valuesOf(after)]).toEqual([['in hand'], ['later']]);
    },
    testTimeoutMs,
  );
}

function describeRefusals(makeLog: MakeEventLog, topicPrefix: string): void {
  let world: World;
  beforeEach(() => {
    world = new World(makeLog, topicPrefix);
  });
  afterEach(() => world.close(), testTimeoutMs);

  it(
    'brings the same records again, and reports it, until they are handled',
    async () => {
      const log = await world.openLog();
      await log.publish(
        world.topic,
        ['a', 'b', 'c'].map((value) => ({ key: 'org-1', value })),
      );
      let calls = 0;
      const received = await world.consume({
        handle: async () => {
          calls += 1;
          if (calls <= 2) throw new Error('the database is down');
          return { rejected: [] };
        },
      });
      await waitUntil('they are handled', () => calls >= 3);
      await log.publish(world.topic, [{ key: 'org-1', value: 'd' }]);
      await waitUntil('the next one has come', () => calls >= 4);
      const batches = received.batches.map((batch) => batch.map(({ value }) => value));
      expect(batches).toEqual([['a', 'b', 'c'], ['a', 'b', 'c'], ['a', 'b', 'c'], ['d']]);
      expect(received.errors).toEqual([new Error('the database is down'), new Error('the database is down')]);
    },
    testTimeoutMs,
  );

  it(
    'puts what can never be handled into the dead-letter topic with its reason, and continues with the rest',
    async () => {
      const log = await world.openLog();
      const sent = ['good', 'poison "1"', 'better'].map((value) => ({ key: 'org-1', value }));
      await log.publish(world.topic, sent);
      const received = await world.consume({
        handle: async (records) => ({
          rejected: records
            .filter(({ value }) => value.startsWith('poison'))
            .map((record) => ({ record, reason: 'not a usage event' })),
        }),
      });
      const letters = await world.consume({ topic: world.deadLetterTopic, group: `${world.group}-letters` });
      await waitUntil('the letter has come', () => valuesOf(letters).length > 0);
      await received.consumer.close();
      const poison = received.batches.flat().find(({ value }) => value.startsWith('poison'));
      const expected: Partial<DeadLetter> = { reason: 'not a usage event', ...poison };
      expect(valuesOf(letters).map((value) => JSON.parse(value))).toEqual([expected]);
      expect(letters.batches.flat()[0]?.key).toBe('org-1');
      await log.publish(world.topic, [{ key: 'org-1', value: 'next' }]);
      const after = await world.consume();
      await waitUntil('the next one has come', () => valuesOf(after).length > 0);
      expect(valuesOf(after)).toEqual(['next']);
    },
    testTimeoutMs,
  );
}

function describeMembers(makeLog: MakeEventLog, topicPrefix: string): void {
  let world: World;
  beforeEach(() => {
    world = new World(makeLog, topicPrefix);
  });
  afterEach(() => world.close(), testTimeoutMs);

  it(
    'shares the partitions among the members of a group, and no record is handled by two',
    async () => {
      const log = await world.openLog();
      const bothAreBusy = new Gate();
      const handle = () => bothAreBusy.passed.then(acceptAll);
      const one = await world.consume({ handle, batchMax: 5 });
      const other = await world.consume({ handle, batchMax: 5 });
      const sent = recordsOfManyKeys(100, 'value');
      await log.publish(world.topic, sent);
      await waitUntil('both hold a batch', () => one.batches.length > 0 && other.batches.length > 0);
      bothAreBusy.open();
      await waitUntil('all have come', () => valuesOf(one).length + valuesOf(other).length >= sent.length);
      await Promise.all([one.consumer.close(), other.consumer.close()]);
      expect([...valuesOf(one), ...valuesOf(other)].toSorted()).toEqual(sent.map(({ value }) => value).toSorted());
    },
    testTimeoutMs,
  );

  it(
    'gives the partitions of a member that has left to the ones that stay',
    async () => {
      const log = await world.openLog();
      const leaving = await world.consume();
      const staying = await world.consume();
      await leaving.consumer.close();
      const sent = recordsOfManyKeys(40, 'value');
      await log.publish(world.topic, sent);
      await waitUntil('all have come', () => valuesOf(staying).length >= sent.length);
      expect(valuesOf(staying).toSorted()).toEqual(sent.map(({ value }) => value).toSorted());
      expect(valuesOf(leaving)).toEqual([]);
    },
    testTimeoutMs,
  );
}
