import { readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { makeIntent, makeSettlement } from './__fixtures__/records.ts';
import {
  copyAsCrashed,
  listSegmentNames,
  makeRoot,
  makeSpoolOptions,
  removeRoot,
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
