import { readFileSync, writeSync } from 'node:fs';
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
import { openSpool, openSpoolThrough } from './open-spool.ts';

let root = '';
beforeEach(() => {
  root = makeRoot();
});
afterEach(() => removeRoot(root));

/** First letters of the records of a write. */
const toKinds = (text: string) => [...text.matchAll(/^[0-9a-f]{8}(\w)/gm)].map(([, kind]) => kind).join('');

describe('prepared intents', () => {
  it('writes a prepared intent together with its mark, in one write', async () => {
    const { options } = makeSpoolOptions(root, { flushIntervalMs: 3_600_000 });
    const writes: string[] = [];
    const spool = await openSpoolThrough(options, (fd, bytes, offset, length) => {
      writes.push(bytes.toString('latin1', offset, offset + length));
      return writeSync(fd, bytes, offset, length);
    });
    writes.length = 0;
    spool.prepareIntent(makeIntent('sent'));
    spool.prepareIntent(makeIntent('waiting'));
    expect(writes).toEqual([]);
    expect(spool.hasOpenIntent('sent')).toBe(true);
    spool.appendMark('sent', 'sent/1');
    expect(writes.map(toKinds)).toEqual(['im']);
    spool.prepareIntent({ ...makeIntent('sent'), body: { attempt: 2 } });
    expect(writes.map(toKinds)).toEqual(['im', 'i']);
    const next = await openSpool({ ...options, directory: copyAsCrashed(options.directory, join(root, 'copy')) });
    expect(next.abandonedIntents).toEqual([
      expect.objectContaining({ eventId: 'sent', body: { attempt: 2 }, mark: 'sent/1' }),
    ]);
    await next.close();
    await spool.close();
  });

  it('writes the settlements of a turn with the next intent, or together at its end, and knows where each is', async () => {
    const { options, shipped } = makeSpoolOptions(root, { flushIntervalMs: 3_600_000 });
    const writes: string[] = [];
    const spool = await openSpoolThrough(options, (fd, bytes, offset, length) => {
      writes.push(bytes.toString('latin1', offset, offset + length));
      return writeSync(fd, bytes, offset, length);
    });
    for (const name of ['a', 'b', 'c', 'd', 'e']) beginRequest(spool, makeIntent(name));
    await turn();
    writes.length = 0;
    spool.appendSettlement(makeSettlement('a'));
    spool.appendSettlement(makeSettlement('b'));
    expect(writes).toEqual([]);
    spool.prepareIntent(makeIntent('next'));
    spool.appendMark('next', 'next/1');
    expect(writes.map(toKinds)).toEqual(['ssim']);
    for (const name of ['c', 'd', 'e']) spool.appendSettlement(makeSettlement(name));
    const fill = spool.readFill();
    await turn();
    expect(spool.readFill()).toBe(fill);
    expect(writes.map(toKinds)).toEqual(['ssim', 'sss']);
    const copy = makeSpoolOptions(root, { directory: copyAsCrashed(options.directory, join(root, 'copy')) });
    const next = await openSpool(copy.options);
    expect(next.abandonedIntents.map(({ eventId }) => eventId)).toEqual(['next']);
    expect(next.damage).toEqual({ tornRecords: 0, corruptRecords: 0 });
    await next.close();
    await spool.waitUntilShipped(5000);
    expect(shipped.map(({ eventId }) => eventId)).toEqual(['a', 'b', 'c', 'd', 'e']);
    await spool.close();
  });

  it('keeps the settlements of a turn if the disk does not take the intent behind them (I1)', async () => {
    const temporary = makeSpoolOptions(root, { flushIntervalMs: 3_600_000 });
    const disk = { isFull: false };
    const spool = await openSpoolThrough(temporary.options, (fd, bytes, offset, length) => {
      if (disk.isFull && bytes.includes('"next"')) throw new Error('ENOSPC');
      return writeSync(fd, bytes, offset, length);
    });
    for (const name of ['a', 'b']) beginRequest(spool, makeIntent(name));
    spool.appendSettlement(makeSettlement('a'));
    spool.prepareIntent(makeIntent('next'));
    disk.isFull = true;
    expect(() => spool.appendMark('next', 'next/1')).toThrow('spool_full');
    spool.appendSettlement(makeSettlement('b'));
    await turn();
    const { directory } = temporary.options;
    const next = await openSpool({ ...temporary.options, directory: copyAsCrashed(directory, join(root, 'copy')) });
    expect(next.abandonedIntents).toEqual([]);
    await next.waitUntilShipped(5000);
    expect(temporary.shipped.map(({ eventId }) => eventId)).toEqual(expect.arrayContaining(['a', 'b']));
    await next.close();
    disk.isFull = false;
    await spool.close();
  });

  it('writes prepared intents that are not sent with the next flush, and settles those that end before it', async () => {
    const { options, shipped } = makeSpoolOptions(root);
    const spool = await openSpool(options);
    spool.prepareIntent(makeIntent('ended'));
    expect(spool.appendSettlement(makeSettlement('ended'))).toBe(true);
    spool.prepareIntent(makeIntent('waiting'));
    await spool.waitUntilShipped(5000);
    expect(shipped.map(({ eventId }) => eventId)).toEqual(['ended']);
    const readLog = () =>
      listSegmentNames(options.directory).map((name) => readFileSync(join(options.directory, name)));
    await until(() => readLog().some((bytes) => bytes.includes('waiting')));
    const next = await openSpool({ ...options, directory: copyAsCrashed(options.directory, join(root, 'copy')) });
    expect(next.abandonedIntents).toEqual([expect.objectContaining({ eventId: 'waiting', mark: null })]);
    await next.close();
    await spool.close();
  });
});
