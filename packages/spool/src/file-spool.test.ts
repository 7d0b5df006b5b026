import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { beginRequest, makeIntent, makeSettlement } from './__fixtures__/records.ts';
import {
  copyAsCrashed,
  listSegmentNames,
  makeRoot,
  makeSpoolOptions,
  removeRoot,
  turn,
  until,
} from './__fixtures__/temporary-spool.ts';
import { openSpool } from './open-spool.ts';
import type { Spool } from './port.ts';

let root = '';
beforeEach(() => {
  root = makeRoot();
});
afterEach(() => removeRoot(root));

function settle(spool: Spool, ...eventIds: string[]): void {
  for (const eventId of eventIds) {
    beginRequest(spool, makeIntent(eventId));
    spool.appendSettlement(makeSettlement(eventId));
  }
}

function names(count: number, prefix = 'event'): string[] {
  return Array.from({ length: count }, (_none, index) => `${prefix}-${index}`);
}

const isDown = () => Promise.reject(new Error('the event log is down'));

describe('spool', () => {
  it('ships each settlement as it was written, in order, with its spool id, epoch and sequence', async () => {
    const { options, shipped } = makeSpoolOptions(root, { shipBatchMax: 3 });
    const spool = await openSpool(options);
    const settlements = names(10).map(makeSettlement);
    for (const settlement of settlements) beginRequest(spool, makeIntent(settlement.eventId));
    for (const settlement of settlements) expect(spool.appendSettlement(settlement)).toBe(true);
    await spool.waitUntilShipped(5000);
    expect(shipped).toEqual(
      settlements.map((settlement, index) => ({ ...settlement, spool: { id: spool.id, epoch: 1, seq: index + 1 } })),
    );
    expect(spool.readPending()).toEqual({ openIntents: 0, unshippedSettlements: 0 });
    await spool.close();
  });

  it('says how far it is: acknowledged what was settled before a moment, in spite of later records (I1)', async () => {
    const temporary = makeSpoolOptions(root);
    temporary.answer = isDown;
    const spool = await openSpool(temporary.options);
    settle(spool, 'event-1', 'event-2');
    beginRequest(spool, makeIntent('open'));
    const then = spool.readProgress();
    expect(then).toEqual({ epoch: 1, seq: 2, settled: 2, shipped: 0 });
    expect(spool.listOpenIntents()).toEqual(['open']);
    await spool.close();

    temporary.answer = async () => undefined;
    const next = await openSpool(temporary.options);
    expect(next.readProgress()).toMatchObject({ epoch: 2, seq: 0, settled: 2 });
    expect([next.hasOpenIntent('open'), next.hasOpenIntent('event-1')]).toEqual([true, false]);
    expect(next.appendSettlement(makeSettlement('open'))).toBe(true);
    await next.waitUntilShipped(5000);
    expect(next.readProgress()).toEqual({ epoch: 2, seq: 1, settled: 3, shipped: 3 });
    expect(next.listOpenIntents()).toEqual([]);
    await next.close();
  });

  it('ships one batch at a time, none larger than its bound', async () => {
    const temporary = makeSpoolOptions(root, { shipBatchMax: 7 });
    const sizes: number[] = [];
    let [running, runningMax] = [0, 0];
    temporary.answer = async (events) => {
      running += 1;
      runningMax = Math.max(runningMax, running);
      sizes.push(events.length);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
    };
    const spool = await openSpool(temporary.options);
    settle(spool, ...names(100));
    await spool.waitUntilShipped(5000);
    expect(runningMax).toBe(1);
    expect(Math.max(...sizes)).toBe(7);
    await spool.close();
  });

  it('ignores a second settlement of an event id, and one that was never begun', async () => {
    const { options, shipped } = makeSpoolOptions(root);
    const spool = await openSpool(options);
    settle(spool, 'a/1');
    expect(spool.appendSettlement(makeSettlement('a/1'))).toBe(false);
    expect(spool.appendSettlement(makeSettlement('b/1'))).toBe(false);
    await spool.waitUntilShipped(5000);
    expect(shipped).toHaveLength(1);
    await spool.close();
  });

  it('lets a later intent of an event id take the place of the earlier one, also for the next process', async () => {
    const { options, shipped } = makeSpoolOptions(root);
    const spool = await openSpool(options);
    beginRequest(spool, makeIntent('a/1'));
    spool.prepareIntent({ ...makeIntent('a/1'), body: { attempt: 2 } });
    expect(spool.readPending().openIntents).toBe(1);
    await spool.close();
    const next = await openSpool(options);
    expect(next.abandonedIntents).toEqual([expect.objectContaining({ eventId: 'a/1', body: { attempt: 2 } })]);
    expect(next.appendSettlement(makeSettlement('a/1'))).toBe(true);
    await next.waitUntilShipped(5000);
    expect(shipped).toHaveLength(1);
    await next.close();
  });

  it('returns the last mark of an abandoned intent, also after it was carried forward', async () => {
    const { options } = makeSpoolOptions(root, { segmentBytesMax: 4096 });
    const spool = await openSpool(options);
    // They are listed by their times.
    const intents = ['marked', 'bare', 'settled'].map(makeIntent);
    for (const [at, intent] of intents.entries()) {
      spool.prepareIntent({ ...intent, time: new Date(at).toISOString() });
    }
    spool.appendMark('marked', 'marked/1');
    spool.appendMark('marked', 'marked/2');
    spool.appendMark('settled', 'settled/1');
    spool.appendSettlement(makeSettlement('settled'));
    spool.appendMark('settled', 'settled/2');
    settle(spool, ...names(100));
    await spool.waitUntilShipped(5000);
    await spool.close();
    for (let opening = 1; opening <= 2; opening += 1) {
      const next = await openSpool(options);
      expect(next.damage).toEqual({ tornRecords: 0, corruptRecords: 0 });
      expect(next.abandonedIntents.map(({ eventId, mark }) => [eventId, mark])).toEqual([
        ['marked', 'marked/2'],
        ['bare', null],
      ]);
      settle(next, ...names(100));
      await next.waitUntilShipped(5000);
      await next.close();
    }
    expect(listSegmentNames(options.directory)[0]).not.toBe('0000000001.log');
  });

  it('keeps its id over openings, counts the epoch up and the sequence from one', async () => {
    const { options, shipped } = makeSpoolOptions(root);
    const ids = new Set<string>();
    for (let epoch = 1; epoch <= 3; epoch += 1) {
      const spool = await openSpool(options);
      ids.add(spool.id);
      settle(spool, `${epoch}/1`, `${epoch}/2`);
      await spool.waitUntilShipped(5000);
      await spool.close();
    }
    expect(ids.size).toBe(1);
    expect(shipped.map((event) => `${event.spool.epoch}.${event.spool.seq}`)).toEqual([
      '1.1',
      '1.2',
      '2.1',
      '2.2',
      '3.1',
      '3.2',
    ]);
  });
});

describe('spool while the event log fails', () => {
  it('keeps everything, tries again, and ships all of it in order when the log is back', async () => {
    const temporary = makeSpoolOptions(root, { bytesMax: 64 * 1024, segmentBytesMax: 4 * 1024, shipBatchMax: 10 });
    let failuresLeft = 3;
    temporary.answer = async () => {
      if (failuresLeft > 0) {
        failuresLeft -= 1;
        await isDown();
      }
    };
    const spool = await openSpool(temporary.options);
    const events = names(40);
    settle(spool, ...events);
    const segments = listSegmentNames(temporary.options.directory);
    expect(segments.length).toBeGreaterThan(5);
    expect(spool.readPending().unshippedSettlements).toBe(40);
    await until(() => failuresLeft === 0);
    await spool.waitUntilShipped(5000);
    expect(temporary.shipped.map(({ eventId }) => eventId)).toEqual(events);
    expect(temporary.errors).toHaveLength(3);
    await until(() => listSegmentNames(temporary.options.directory).length === 1);
    await spool.close();
  });

  it('deletes no segment with something unacknowledged in it', async () => {
    const temporary = makeSpoolOptions(root, { bytesMax: 64 * 1024, segmentBytesMax: 4 * 1024, shipBatchMax: 4 });
    temporary.answer = async (events) => {
      if (events.some(({ eventId }) => eventId === 'event-20')) await isDown();
    };
    const spool = await openSpool(temporary.options);
    settle(spool, ...names(40));
    await until(() => temporary.errors.length >= 2);
    const { options, shipped } = makeSpoolOptions(root, {
      ...temporary.options,
      directory: copyAsCrashed(temporary.options.directory, join(root, 'copy')),
      ship: async (events) => {
        shipped.push(...events);
      },
    });
    const next = await openSpool(options);
    await next.waitUntilShipped(5000);
    expect(shipped.map(({ eventId }) => eventId)).toEqual(expect.arrayContaining(names(40).slice(20)));
    expect(next.abandonedIntents).toEqual([]);
    await next.close();
    await spool.close();
  });

  it('says that not everything is shipped when the deadline has passed', async () => {
    const temporary = makeSpoolOptions(root);
    temporary.answer = isDown;
    const spool = await openSpool(temporary.options);
    await spool.waitUntilShipped(1);
    settle(spool, 'a/1');
    await expect(spool.waitUntilShipped(30)).rejects.toMatchObject({ code: 'service_unavailable' });
    await spool.close();
  });

  it('leaves to the next process what it could not ship, and that goes first', async () => {
    const temporary = makeSpoolOptions(root, { flushIntervalMs: 1 });
    temporary.answer = isDown;
    const first = await openSpool(temporary.options);
    settle(first, 'old/1', 'old/2');
    await first.close();
    const second = await openSpool(temporary.options);
    expect(second.readPending()).toEqual({ openIntents: 0, unshippedSettlements: 2 });
    settle(second, 'new/1');
    temporary.answer = async () => undefined;
    await second.waitUntilShipped(10_000);
    expect(temporary.shipped.map(({ eventId, spool }) => [eventId, spool.epoch, spool.seq])).toEqual([
      ['old/1', 1, 1],
      ['old/2', 1, 2],
      ['new/1', 2, 1],
    ]);
    await second.close();
  });

  it('ships nothing again after a proper end', async () => {
    const { options, shipped } = makeSpoolOptions(root);
    const first = await openSpool(options);
    settle(first, ...names(20));
    await first.waitUntilShipped(5000);
    await first.close();
    const second = await openSpool(options);
    expect(second.readPending().unshippedSettlements).toBe(0);
    settle(second, 'last');
    await second.waitUntilShipped(5000);
    expect(shipped).toHaveLength(21);
    await second.close();
  });

  it('ships again, and loses nothing, if the crash came before the cursor was written', async () => {
    const { options, shipped } = makeSpoolOptions(root);
    const first = await openSpool(options);
    settle(first, ...names(5));
    await first.waitUntilShipped(5000);
    await first.close();
    rmSync(join(options.directory, 'cursor.json'));
    const second = await openSpool(options);
    await second.waitUntilShipped(5000);
    expect(shipped.slice(5)).toEqual(shipped.slice(0, 5));
    await second.close();
  });
});

describe('spool after a crash', () => {
  it('names exactly the intents that were not settled, oldest first', async () => {
    const temporary = makeSpoolOptions(root);
    const crashed = await openSpool(temporary.options);
    const intents = names(6).map(makeIntent);
    for (const intent of intents) beginRequest(crashed, intent);
    for (const index of [1, 4]) crashed.appendSettlement(makeSettlement(`event-${index}`));
    await turn();
    const directory = copyAsCrashed(temporary.options.directory, join(root, 'copy'));
    const next = await openSpool({ ...temporary.options, directory });
    expect(next.abandonedIntents).toEqual([0, 2, 3, 5].map((index) => ({ ...intents[index], mark: `event-${index}` })));
    expect(next.readPending().openIntents).toBe(4);
    for (const { eventId } of next.abandonedIntents) {
      expect(next.appendSettlement(makeSettlement(eventId))).toBe(true);
      expect(next.appendSettlement(makeSettlement(eventId))).toBe(false);
    }
    await next.waitUntilShipped(5000);
    await next.close();
    const last = await openSpool({ ...temporary.options, directory });
    expect(last.abandonedIntents).toEqual([]);
    await last.close();
    await crashed.close();
  });

  it('does not let one long request keep the log, and still knows it after a crash', async () => {
    const temporary = makeSpoolOptions(root, { bytesMax: 64 * 1024, segmentBytesMax: 4 * 1024 });
    const crashed = await openSpool(temporary.options);
    const long = [makeIntent('long/1'), makeIntent('long/2')];
    for (const intent of long) beginRequest(crashed, intent);
    for (let round = 0; round < 20; round += 1) {
      settle(crashed, ...names(8, `round-${round}`));
      await crashed.waitUntilShipped(5000);
    }
    await until(() => listSegmentNames(temporary.options.directory).length <= 3);
    expect(crashed.readFill()).toBeLessThan(0.3);
    crashed.appendSettlement(makeSettlement('long/1'));
    await turn();
    const directory = copyAsCrashed(temporary.options.directory, join(root, 'copy'));
    const next = await openSpool({ ...temporary.options, directory });
    expect(next.abandonedIntents).toEqual([{ ...long[1], mark: 'long/2' }]);
    await next.close();
    await crashed.close();
  });

  it('passes over a corrupt record in the middle, reports it, and reads all others', async () => {
    const temporary = makeSpoolOptions(root);
    temporary.answer = isDown;
    const crashed = await openSpool(temporary.options);
    settle(crashed, ...names(5));
    await turn();
    const directory = copyAsCrashed(temporary.options.directory, join(root, 'copy'));
    await crashed.close();
    const path = join(directory, listSegmentNames(directory)[0] ?? '');
    const text = readFileSync(path, 'utf8');
    const at = text.indexOf('"amountNanoUsd"', text.indexOf('s{"schema"', text.indexOf('event-2')));
    writeFileSync(path, `${text.slice(0, at)}"AMOUNTNanoUsd"${text.slice(at + 15)}`);

    const next = makeSpoolOptions(root, { directory });
    const spool = await openSpool(next.options);
    expect(spool.damage).toEqual({ tornRecords: 0, corruptRecords: 1 });
    expect(next.errors).toHaveLength(1);
    expect(spool.abandonedIntents.map(({ eventId }) => eventId)).toEqual(['event-2']);
    await spool.waitUntilShipped(5000);
    expect(next.shipped.map(({ eventId }) => eventId)).toEqual(['event-0', 'event-1', 'event-3', 'event-4']);
    await spool.close();
  });

  it('cuts off a torn end, counts it, and writes on', async () => {
    const { options, shipped } = makeSpoolOptions(root);
    const first = await openSpool(options);
    beginRequest(first, makeIntent('a/1'));
    await first.close();
    appendFileSync(join(options.directory, listSegmentNames(options.directory)[0] ?? ''), '1234abcdi{"event');
    const second = await openSpool(options);
    expect(second.damage).toEqual({ tornRecords: 1, corruptRecords: 0 });
    expect(second.appendSettlement(makeSettlement('a/1'))).toBe(true);
    await second.waitUntilShipped(5000);
    expect(shipped.map(({ eventId }) => eventId)).toEqual(['a/1']);
    await second.close();
    const third = await openSpool(options);
    expect(third.damage).toEqual({ tornRecords: 0, corruptRecords: 0 });
    await third.close();
  });

  it('refuses records after its end', async () => {
    const { options } = makeSpoolOptions(root);
    const spool = await openSpool(options);
    await spool.close();
    await spool.close();
    expect(() => spool.prepareIntent(makeIntent('a/1'))).toThrow('service_unavailable');
    expect(() => spool.appendSettlement(makeSettlement('a/1'))).toThrow('service_unavailable');
  });
});
