import { existsSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { beginRequest, makeIntent, makeSettlement } from './__fixtures__/records.ts';
import { copyAsCrashed, makeRoot, makeSpoolOptions, removeRoot, turn, until } from './__fixtures__/temporary-spool.ts';
import { openSpool, openSpoolThrough } from './open-spool.ts';
import type { Spool } from './port.ts';
import type { WriteBytes } from './write.ts';

let root = '';
beforeEach(() => {
  root = makeRoot();
});
afterEach(() => removeRoot(root));

/** Prepares intents until one is refused; returns their number. */
function fill(spool: Spool, prefix: string): number {
  for (let count = 0; count < 100_000; count += 1) {
    try {
      spool.prepareIntent(makeIntent(`${prefix}-${count}`));
    } catch (error) {
      expect(error).toMatchObject({ code: 'spool_full' });
      return count;
    }
  }
  throw new Error('the spool is never full');
}

const noSpace = (): never => {
  throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
};

/** A disk that can be full, and accepts writes again only if the reserve has been given up. */
function makeDisk(directory: string) {
  const disk = {
    isFull: false,
    isDead: false,
    /** The full disk still takes this many bytes of a record, as real ones do. */
    write: ((fd, bytes, offset, length) => {
      if (disk.isDead) return noSpace();
      if (!disk.isFull || !existsSync(join(directory, 'reserve'))) return writeSync(fd, bytes, offset, length);
      return offset === 0 && length > 20 ? writeSync(fd, bytes, offset, 20) : noSpace();
    }) satisfies WriteBytes as WriteBytes,
  };
  return disk;
}

describe('spool that fills', () => {
  it('refuses intents at 95 % and takes the settlement of every one it has taken (I11)', async () => {
    const temporary = makeSpoolOptions(root, { bytesMax: 256 * 1024, segmentBytesMax: 16 * 1024 });
    temporary.answer = () => Promise.reject(new Error('the event log is down'));
    const spool = await openSpool(temporary.options);
    const count = fill(spool, 'event');
    expect(count).toBeGreaterThan(50);
    expect(spool.readFill()).toBeGreaterThan(0.93);
    expect(spool.readFill()).toBeLessThanOrEqual(0.95);
    for (let index = 0; index < count; index += 1) {
      spool.appendMark(`event-${index}`, `event-${index}`);
      expect(spool.appendSettlement(makeSettlement(`event-${index}`))).toBe(true);
    }
    await turn();
    expect(spool.readFill()).toBeLessThanOrEqual(1);
    expect(spool.readPending()).toEqual({ openIntents: 0, unshippedSettlements: count });

    temporary.answer = async () => undefined;
    await spool.waitUntilShipped(10_000);
    await until(() => spool.readFill() < 0.1);
    expect(new Set(temporary.shipped.map(({ eventId }) => eventId)).size).toBe(count);
    beginRequest(spool, makeIntent('after'));
    await spool.close();
  });

  it('writes settlements into its reserve when the disk is full, and refuses intents until it has it back', async () => {
    const temporary = makeSpoolOptions(root);
    const disk = makeDisk(temporary.options.directory);
    const spool = await openSpoolThrough(temporary.options, disk.write);
    beginRequest(spool, makeIntent('a/1'));
    beginRequest(spool, makeIntent('b/1'));
    disk.isFull = true;
    spool.prepareIntent(makeIntent('c/1'));
    expect(() => spool.appendMark('c/1', 'c/1')).toThrow('spool_full');
    expect(spool.appendSettlement(makeSettlement('a/1'))).toBe(true);
    await turn();
    expect(spool.readFill()).toBe(1);
    expect(() => spool.prepareIntent(makeIntent('d/1'))).toThrow('spool_full');
    for (const name of ['b/1', 'c/1']) expect(spool.appendSettlement(makeSettlement(name))).toBe(true);
    await spool.waitUntilShipped(5000);
    expect(temporary.shipped.map(({ eventId }) => eventId)).toEqual(['a/1', 'b/1', 'c/1']);
    const next = await openSpool({
      ...temporary.options,
      directory: copyAsCrashed(temporary.options.directory, join(root, 'copy')),
    });
    expect(next.damage).toEqual({ tornRecords: 0, corruptRecords: 0 });
    expect(next.abandonedIntents).toEqual([]);
    await next.close();

    disk.isFull = false;
    await until(() => spool.readFill() < 1);
    beginRequest(spool, makeIntent('e/1'));
    await spool.close();
  });

  it('rejects the mark of a prepared intent that the disk does not take, and takes it when there is room', async () => {
    const temporary = makeSpoolOptions(root, { flushIntervalMs: 3_600_000 });
    const disk = makeDisk(temporary.options.directory);
    const spool = await openSpoolThrough(temporary.options, disk.write);
    spool.prepareIntent(makeIntent('a/1'));
    disk.isFull = true;
    expect(() => spool.appendMark('a/1', 'a/1')).toThrow('spool_full');
    // The reserve is for requests that have left.
    expect(existsSync(join(temporary.options.directory, 'reserve'))).toBe(true);
    disk.isFull = false;
    spool.appendMark('a/1', 'a/1');
    const next = await openSpool({
      ...temporary.options,
      directory: copyAsCrashed(temporary.options.directory, join(root, 'copy')),
    });
    expect(next.damage).toEqual({ tornRecords: 0, corruptRecords: 0 });
    expect(next.abandonedIntents).toEqual([expect.objectContaining({ eventId: 'a/1', mark: 'a/1' })]);
    await next.close();
    await spool.close();
  });

  it('counts prepared intents as full', async () => {
    const temporary = makeSpoolOptions(root, {
      ...{ bytesMax: 256 * 1024, segmentBytesMax: 16 * 1024, flushIntervalMs: 3_600_000 },
    });
    const spool = await openSpool(temporary.options);
    expect(fill(spool, 'event')).toBeLessThan(150);
    await spool.close();
  });

  it('keeps settlements in memory while the disk takes nothing, and writes and ships them in order afterwards', async () => {
    const temporary = makeSpoolOptions(root);
    const disk = makeDisk(temporary.options.directory);
    const spool = await openSpoolThrough(temporary.options, disk.write);
    for (const name of ['a/1', 'b/1', 'c/1']) beginRequest(spool, makeIntent(name));
    disk.isDead = true;
    expect(spool.appendSettlement(makeSettlement('a/1'))).toBe(true);
    expect(spool.appendSettlement(makeSettlement('b/1'))).toBe(true);
    expect(spool.appendSettlement(makeSettlement('a/1'))).toBe(false);
    expect(spool.readPending()).toEqual({ openIntents: 1, unshippedSettlements: 2 });
    await expect(spool.waitUntilShipped(20)).rejects.toMatchObject({ code: 'service_unavailable' });
    disk.isDead = false;
    expect(spool.appendSettlement(makeSettlement('c/1'))).toBe(true);
    await spool.waitUntilShipped(5000);
    expect(temporary.shipped.map(({ eventId, spool: { seq } }) => [eventId, seq])).toEqual([
      ['a/1', 1],
      ['b/1', 2],
      ['c/1', 3],
    ]);
    await spool.close();
  });

  it('refuses options with which a full spool would stay full', async () => {
    const { options } = makeSpoolOptions(root, { bytesMax: 1000, segmentBytesMax: 251 });
    await expect(openSpool(options)).rejects.toThrow(RangeError);
    await expect(openSpool({ ...options, segmentBytesMax: 0 })).rejects.toThrow(RangeError);
  });
});
