import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { EventLog } from '../port.ts';
import { BreakableLink } from './breakable-link.ts';
import { type MakeEventLog, type Received, testTimeoutMs, valuesByKey, valuesOf, World, waitUntil } from './world.ts';

const publishDeadlineMs = 1_000;
const keys = ['org-1', 'org-2', 'org-3', 'org-4', 'org-5'];

/**
 * What a log on a server promises while the way to the server fails.
 * @param store where the server is.
 */
export function describeFaults(
  name: string,
  store: { host: string; port: number },
  makeLog: MakeEventLog,
  topicPrefix: string,
): void {
  describe(`the ${name} event log, on a link that fails`, () => {
    let world: World;
    let link: BreakableLink;
    beforeEach(async () => {
      link = new BreakableLink(store);
      await link.open();
      world = new World(makeLog, topicPrefix);
    });
    afterEach(async () => {
      link.release();
      await world.close();
      await link.refuse();
    }, testTimeoutMs);

    const openLog = () => world.openLog({ publishDeadlineMs, storeAt: link.address });

    it(
      'heals by itself when all connections are cut, and reports the loss',
      async () => {
        const log = await openLog();
        await log.publish(world.topic, [{ key: 'org-1', value: 'before' }]);
        const received = await world.consume({ log });
        await waitUntil('the first has come', () => valuesOf(received).includes('before'));
        link.cut();
        await waitUntil('the loss is reported', () => received.errors.length > 0);
        await publishUntilTaken(log, world.topic, 'org-1', 'after');
        await waitUntil('it is read again', () => valuesOf(received).includes('after'));
        await expect(log.checkHealth()).resolves.toBeUndefined();
      },
      testTimeoutMs,
    );

    it(
      'loses nothing and keeps the order of each key while the store is cut off, away and silent',
      async () => {
        const log = await openLog();
        const received = await world.consume({ log, batchMax: 10 });
        let number = 0;
        const publishSome = async () => {
          for (let end = number + 5; number < end; number += 1) {
            const value = `${number}`;
            await Promise.all(keys.map((key) => publishUntilTaken(log, world.topic, key, value)));
          }
        };
        await publishSome();
        link.cut();
        await publishSome();
        await link.refuse();
        await expect(log.publish(world.topic, [{ key: 'org-0', value: 'refused' }])).rejects.toThrow();
        await link.open();
        await publishSome();
        link.hold();
        await expect(log.publish(world.topic, [{ key: 'org-0', value: 'held' }])).rejects.toThrow();
        await expect(log.checkHealth()).rejects.toThrow();
        link.release();
        await publishSome();
        await waitUntil('all have come', () => keys.every((key) => firstSeen(received, key).length === number));
        const numbers = Array.from({ length: number }, (_, at) => `${at}`);
        for (const key of keys) expect({ key, values: firstSeen(received, key) }).toEqual({ key, values: numbers });
      },
      2 * testTimeoutMs,
    );

    it(
      'delivers again what was in hand when the connection was lost, and continues from there',
      async () => {
        const log = await openLog();
        await log.publish(world.topic, [{ key: 'org-1', value: 'in hand' }]);
        let calls = 0;
        const received = await world.consume({
          log,
          handle: async () => {
            calls += 1;
            if (calls === 1) link.cut();
            return { rejected: [] };
          },
        });
        await waitUntil('it was delivered twice', () => valuesOf(received).length >= 2);
        await publishUntilTaken(log, world.topic, 'org-1', 'next');
        await waitUntil('the next has come', () => valuesOf(received).includes('next'));
        expect(firstSeen(received, 'org-1')).toEqual(['in hand', 'next']);
      },
      testTimeoutMs,
    );
  });
}

async function publishUntilTaken(log: EventLog, topic: string, key: string, value: string): Promise<void> {
  await waitUntil(`${value} of ${key} is taken`, () =>
    log.publish(topic, [{ key, value }]).then(
      () => true,
      () => false,
    ),
  );
}

/** Values of a key without repetitions: what a consumer that knows duplicates makes of them. */
function firstSeen(received: Pick<Received, 'batches'>, key: string): string[] {
  return [...new Set(valuesByKey(received)[key] ?? [])];
}
