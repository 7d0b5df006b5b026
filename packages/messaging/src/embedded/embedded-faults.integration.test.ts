import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import {
  acceptAll,
  Gate,
  type Received,
  recordsOfManyKeys,
  testTimeoutMs,
  valuesOf,
  World,
  waitUntil,
} from '../conformance/world.ts';
import { appendToPartition } from './append-records.ts';
import { deletedPerPartitionMax, deleteExpired } from './delete-expired.ts';
import { createEmbeddedEventLog } from './embedded-event-log.ts';
import { readServerUrl } from './testing/config.ts';
import { createScratchDatabase, type ScratchDatabase } from './testing/scratch-database.ts';

const dayMs = 24 * 60 * 60_000;
let database: ScratchDatabase;
let world: World;

beforeAll(async () => {
  database = await createScratchDatabase(readServerUrl());
});
afterAll(() => database.drop());
beforeEach(() => {
  world = new World(
    ({ publishDeadlineMs }) => createEmbeddedEventLog({ databaseUrl: database.url, publishDeadlineMs, partitions: 1 }),
    'faults',
  );
});
afterEach(() => world.close());

async function waitForValues(received: Received, count: number): Promise<void> {
  await waitUntil(`${count} values have come`, () => valuesOf(received).length >= count);
}

describe('the embedded event log', () => {
  it(
    'heals by itself when all of its connections are cut',
    async () => {
      const log = await world.openLog();
      await log.publish(world.topic, [{ key: 'org-1', value: 'before' }]);
      const received = await world.consume();
      await waitForValues(received, 1);
      await database.cutConnections();
      await waitUntil('the loss is reported', () => received.errors.length > 0);
      await waitUntil('publishing works again', () =>
        isResolved(log.publish(world.topic, [{ key: 'org-1', value: 'after' }])),
      );
      await waitUntil('it is read again', () => valuesOf(received).includes('after'));
      expect(valuesOf(received)[0]).toBe('before');
      await expect(log.checkHealth()).resolves.toBeUndefined();
    },
    testTimeoutMs,
  );

  it(
    'gives the batch of a member that lost its connection to another, whose position stands',
    async () => {
      const log = await world.openLog();
      await log.publish(world.topic, recordsOfManyKeys(3, 'value'));
      const gate = new Gate();
      const lost = await world.consume({ handle: () => gate.passed.then(acceptAll) });
      await waitForValues(lost, 3);
      await database.cutConnections();
      const heir = await world.consume();
      await waitForValues(heir, 3);
      await heir.consumer.close();
      gate.open();
      await waitUntil('the loss is reported', () => lost.errors.length > 0);
      await log.publish(world.topic, [{ key: 'org-1', value: 'next' }]);
      await waitUntil('it continues', () => valuesOf(lost).includes('next'));
      expect(valuesOf(lost)).toEqual([...valuesOf(heir), 'next']);
    },
    testTimeoutMs,
  );

  it(
    'never skips a record whose transaction commits after a later one was published',
    async () => {
      const log = await world.openLog();
      await log.publish(world.topic, [{ key: 'org-1', value: 'first' }]);
      const received = await world.consume();
      const slow = new Client({ connectionString: database.url });
      await slow.connect();
      await slow.query('BEGIN');
      await appendToPartition(slow, world.topic, 0, [{ key: 'org-1', value: 'slow' }]);
      const publishing = log.publish(world.topic, [{ key: 'org-1', value: 'fast' }]);
      await waitUntil('the fast one waits for the slow one', hasWaitingStatement);
      await slow.query('COMMIT');
      await slow.end();
      await publishing;
      await waitForValues(received, 3);
      expect(valuesOf(received)).toEqual(['first', 'slow', 'fast']);
    },
    testTimeoutMs,
  );

  it(
    'continues past records that expired before its group existed',
    async () => {
      const log = await world.openLog();
      await log.publish(world.topic, recordsOfManyKeys(5, 'expired'));
      await database.query('DELETE FROM event_log.records WHERE topic = $1', [world.topic]);
      const received = await world.consume();
      await waitUntil('the position has reached the end', async () => {
        const atEnd = await database.query('SELECT FROM event_log.positions WHERE topic = $1 AND next_offset = 5', [
          world.topic,
        ]);
        return atEnd.length === 1;
      });
      await log.publish(world.topic, [{ key: 'org-1', value: 'fresh' }]);
      await waitForValues(received, 1);
      expect(valuesOf(received)).toEqual(['fresh']);
    },
    testTimeoutMs,
  );

  it(
    'lets no partition wait until a busier one is empty',
    async () => {
      const log = createEmbeddedEventLog({ databaseUrl: database.url, publishDeadlineMs: 5_000, partitions: 32 });
      const busy = Array.from({ length: 20 }, () => ({ key: 'org-1', value: 'busy' }));
      await log.publish(world.topic, [...busy, ...recordsOfManyKeys(60, 'quiet')]);
      const received = await world.consume({ batchMax: 1, log });
      await waitForValues(received, 80);
      await log.close();
      const firstRound = valuesOf(received).slice(0, 20);
      expect(firstRound.filter((value) => value === 'busy').length).toBeLessThanOrEqual(1);
    },
    testTimeoutMs,
  );

  it(
    'keeps the partitions that a topic was made with',
    async () => {
      const log = await world.openLog();
      await log.publish(world.topic, recordsOfManyKeys(20, 'one'));
      const wider = createEmbeddedEventLog({ databaseUrl: database.url, publishDeadlineMs: 5_000, partitions: 8 });
      await wider.publish(world.topic, recordsOfManyKeys(20, 'two'));
      await wider.close();
      const received = await world.consume();
      await waitForValues(received, 40);
      expect(new Set(received.batches.flat().map(({ partition }) => partition))).toEqual(new Set([0]));
    },
    testTimeoutMs,
  );
});

describe('retention', () => {
  async function publishAged(values: readonly string[], ageMs: number): Promise<void> {
    const log = await world.openLog();
    await log.publish(
      world.topic,
      values.map((value) => ({ key: 'org-1', value })),
    );
    await database.query(
      `UPDATE event_log.records SET appended_at = now() - $2 * interval '1 millisecond'
       WHERE topic = $1 AND value = ANY ($3)`,
      [world.topic, ageMs, values],
    );
  }

  async function readRest(): Promise<unknown[]> {
    const rest = await database.query('SELECT value FROM event_log.records WHERE topic = $1 ORDER BY "offset"', [
      world.topic,
    ]);
    return rest.map(({ value }) => value);
  }

  async function expire(retentionMs: number): Promise<number> {
    const client = new Client({ connectionString: database.url });
    await client.connect();
    try {
      return await deleteExpired(client, world.topic, retentionMs);
    } finally {
      await client.end();
    }
  }

  it(
    'deletes what is old and what every group has passed, and nothing else',
    async () => {
      await publishAged(['old, passed by both'], 8 * dayMs);
      await publishAged(['young, passed by both'], 6 * dayMs);
      const slow = await world.consume({ group: 'slow' });
      await waitForValues(slow, 2);
      await slow.consumer.close();
      await publishAged(['old, passed by one'], 8 * dayMs);
      const fast = await world.consume({ group: 'fast' });
      await waitForValues(fast, 3);
      await fast.consumer.close();
      expect(await expire(7 * dayMs)).toBe(1);
      expect(await readRest()).toEqual(['young, passed by both', 'old, passed by one']);
    },
    testTimeoutMs,
  );

  it(
    'keeps everything of a topic that no group reads',
    async () => {
      await publishAged(['a letter'], 100 * dayMs);
      expect(await expire(dayMs)).toBe(0);
      expect(await readRest()).toEqual(['a letter']);
    },
    testTimeoutMs,
  );

  it(
    'deletes a bounded number at a time',
    async () => {
      const log = await world.openLog();
      const value = 'x';
      await log.publish(
        world.topic,
        Array.from({ length: deletedPerPartitionMax + 10 }, () => ({ key: 'org-1', value })),
      );
      const received = await world.consume({ batchMax: 2_000 });
      await waitForValues(received, deletedPerPartitionMax + 10);
      await received.consumer.close();
      expect(await expire(-1_000)).toBe(deletedPerPartitionMax);
      expect(await expire(-1_000)).toBe(10);
    },
    testTimeoutMs,
  );
});

async function hasWaitingStatement(): Promise<boolean> {
  const waiting = await database.query(
    "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
  );
  return waiting.length > 0;
}

async function isResolved(promise: Promise<unknown>): Promise<boolean> {
  return promise.then(
    () => true,
    () => false,
  );
}
