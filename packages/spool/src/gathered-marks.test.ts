import { statSync, truncateSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { makeIntent, makeSettlement } from './__fixtures__/records.ts';
import {
  copyAsCrashed,
  listSegmentNames,
  makeRoot,
  makeSpoolOptions,
  removeRoot,
  turn,
} from './__fixtures__/temporary-spool.ts';
import { openSpool, openSpoolThrough } from './open-spool.ts';

let root = '';
beforeEach(() => {
  root = makeRoot();
});
afterEach(() => removeRoot(root));

/** First letters of the records of a write. */
const toKinds = (text: string) => [...text.matchAll(/^[0-9a-f]{8}(\w)/gm)].map(([, kind]) => kind).join('');

/** A spool that flushes nothing by itself, with the texts of its writes. Writes that hold `disk.rejects` fail. */
async function open() {
  const { options, shipped } = makeSpoolOptions(root, { flushIntervalMs: 3_600_000 });
  const writes: string[] = [];
  const disk: { rejects: string | null } = { rejects: null };
  const spool = await openSpoolThrough(options, (fd, bytes, offset, length) => {
    if (disk.rejects !== null && bytes.includes(disk.rejects)) throw new Error('ENOSPC');
    writes.push(bytes.toString('latin1', offset, offset + length));
    return writeSync(fd, bytes, offset, length);
  });
  writes.length = 0;
  let copies = 0;
  const reopen = () => {
    copies += 1;
    return openSpool({ ...options, directory: copyAsCrashed(options.directory, join(root, `copy-${copies}`)) });
  };
  return { spool, options, shipped, writes, disk, reopen };
}

const toMark = (name: string) => `${name}/1`;

describe('marks of one turn', () => {
  it('are one write with their intents and the settlements between them (I1)', async () => {
    const { spool, writes, reopen } = await open();
    for (const name of ['a', 'b', 'c']) {
      spool.prepareIntent(makeIntent(name));
      spool.gatherMark(name, toMark(name));
      if (name === 'b') spool.appendSettlement(makeSettlement('a'));
    }
    expect(writes).toEqual([]);
    await turn();
    expect(writes.map(toKinds)).toEqual(['imimsim']);
    expect(spool.listOpenIntents()).toEqual(['b', 'c']);
    const next = await reopen();
    expect(next.abandonedIntents.map(({ eventId, mark }) => [eventId, mark])).toEqual([
      ['b', 'b/1'],
      ['c', 'c/1'],
    ]);
    await next.close();
    await spool.close();
  });

  it('are written by the first that must be on record, once (I1)', async () => {
    const { spool, writes, reopen } = await open();
    const required = ['a', 'b'].map((name) => {
      spool.prepareIntent(makeIntent(name));
      return spool.gatherMark(name, toMark(name));
    });
    for (const requireWritten of required) {
      requireWritten();
      expect(writes.map(toKinds)).toEqual(['imim']);
    }
    const next = await reopen();
    expect(next.abandonedIntents.map(({ mark }) => mark)).toEqual(['a/1', 'b/1']);
    await next.close();
    await turn();
    expect(writes).toHaveLength(1);
    await spool.close();
  });

  it('leave with a mark that is written at once', async () => {
    const { spool, writes } = await open();
    for (const name of ['a', 'b']) spool.prepareIntent(makeIntent(name));
    const requireWritten = spool.gatherMark('a', toMark('a'));
    spool.appendMark('b', toMark('b'));
    expect(writes.map(toKinds)).toEqual(['imim']);
    requireWritten();
    await turn();
    expect(writes).toHaveLength(1);
    await spool.close();
  });

  it('of intents that are in the log are written without them; of requests that are over, not at all', async () => {
    const { spool, writes, reopen } = await open();
    spool.prepareIntent(makeIntent('a'));
    spool.gatherMark('a', 'a/1')();
    spool.prepareIntent(makeIntent('a'));
    writes.length = 0;
    spool.gatherMark('a', 'a/2')();
    spool.gatherMark('unknown', 'unknown/1')();
    expect(writes.map(toKinds)).toEqual(['m']);
    const next = await reopen();
    expect(next.abandonedIntents.map(({ mark }) => mark)).toEqual(['a/2']);
    await next.close();
    await spool.close();
  });

  it('are each rejected alone if the disk takes only a part of them; the settlements stay (I1)', async () => {
    const { spool, disk, reopen } = await open();
    spool.prepareIntent(makeIntent('ended'));
    spool.gatherMark('ended', 'ended/1')();
    for (const name of ['taken', 'rejected', 'later']) spool.prepareIntent(makeIntent(name));
    spool.appendSettlement(makeSettlement('ended'));
    disk.rejects = '"rejected"';
    const required = ['taken', 'rejected', 'later'].map((name) => spool.gatherMark(name, toMark(name)));
    await turn();
    const [taken, rejected, later] = required;
    expect(taken).not.toThrow();
    expect(rejected).toThrow(expect.objectContaining({ code: 'spool_full' }));
    expect(later).not.toThrow();
    const next = await reopen();
    expect(next.abandonedIntents.map(({ eventId }) => eventId)).toEqual(['taken', 'later']);
    expect(next.readPending().unshippedSettlements + next.readProgress().shipped).toBe(1);
    await next.close();
    disk.rejects = null;
    await spool.close();
  });

  it('are written before the turn ends if they are many, so that the buffer is bounded', async () => {
    const { spool, writes } = await open();
    const wide = 'x'.repeat(60_000);
    for (let at = 0; at < 20; at += 1) {
      spool.prepareIntent({ ...makeIntent(`wide-${at}`), body: { wide } });
      spool.gatherMark(`wide-${at}`, `wide-${at}/1`);
    }
    expect(writes.length).toBeGreaterThan(5);
    await turn();
    expect(writes.map(toKinds).join('')).toBe('im'.repeat(20));
    await spool.close();
  });

  it('that a crash cuts at any byte are those before it, each behind its intent (I1)', async () => {
    const { spool, options, reopen } = await open();
    for (const name of ['a', 'b']) spool.prepareIntent(makeIntent(name));
    for (const name of ['a', 'b']) spool.gatherMark(name, toMark(name));
    await turn();
    const whole = copyAsCrashed(options.directory, join(root, 'whole'));
    const next = await reopen();
    await next.close();
    const file = listSegmentNames(whole)[0] ?? '';
    const { size } = statSync(join(whole, file));
    const found = new Set<string>();
    for (let bytes = size; bytes >= 0; bytes -= 7) {
      const directory = copyAsCrashed(whole, join(root, `cut-${bytes}`));
      truncateSync(join(directory, file), bytes);
      const cut = await openSpool({ ...options, directory });
      found.add(cut.abandonedIntents.map(({ eventId, mark }) => `${eventId}:${mark}`).join(' '));
      await cut.close();
    }
    expect([...found]).toEqual(['a:a/1 b:b/1', 'a:a/1 b:null', 'a:a/1', 'a:null', '']);
    await spool.close();
  });
});
