import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { describeClaimStore } from './conformance.ts';
import { createFileClaimStore } from './file-claims.ts';

describeClaimStore('file', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'claims-'));
  let timeMs = Date.now();
  let count = 0;
  return {
    async open(bounds) {
      count += 1;
      return createFileClaimStore({ ...bounds, path: join(folder, `${count}`), now: () => timeMs });
    },
    async passTime(ms) {
      timeMs += ms;
    },
    async close() {
      rmSync(folder, { recursive: true });
    },
  };
});

describe('file claim store after its process died', () => {
  const bounds = {
    keptMs: 1000,
    entriesMax: 9,
    tenantEntriesMax: 9,
    bytesMax: 1e6,
    tenantBytesMax: 1e6,
    valueBytesMax: 1e5,
  };
  const asked = { tenant: 'one', owner: 'a', fingerprint: 'f', leaseMs: 100 };
  const value = Buffer.from([0, 255]);
  let folder: string;
  let path: string;
  let timeMs: number;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'claims-'));
    path = join(folder, 'deep', 'claims');
    timeMs = 1_000_000;
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  /** No store is closed: a killed process closes nothing. */
  const open = () => createFileClaimStore({ ...bounds, path, now: () => timeMs });

  it('knows what was finished, open, lost and released', async () => {
    const before = open();
    for (const name of ['done', 'open', 'free', 'unkept']) await before.claim(name, asked);
    await before.finish('done', 'a', value);
    await before.finish('unkept', 'a', null);
    await before.release('free', 'a');
    await before.release('open', 'another');

    const after = open();
    expect(await after.claim('done', { ...asked, owner: 'b' })).toEqual({ result: 'finished', value });
    expect(await after.claim('done', { ...asked, fingerprint: 'g' })).toEqual({ result: 'other' });
    expect(await after.claim('unkept', asked)).toEqual({ result: 'lost' });
    expect(await after.claim('open', asked)).toEqual({ result: 'open' });
    expect(await after.claim('free', asked)).toEqual({ result: 'claimed' });
    timeMs += 100;
    expect(await open().claim('open', asked)).toEqual({ result: 'lost' });
  });

  it('forgets what is over its time, and keeps no line of it', async () => {
    await open().claim('old-claim', asked);
    timeMs += 1000;
    expect(await open().claim('new', asked)).toEqual({ result: 'claimed' });
    expect(readFileSync(path, 'utf8')).not.toContain('old-claim');
  });

  it('leaves out a last line that is not whole', async () => {
    const before = open();
    await before.claim('n', asked);
    await before.finish('n', 'a', value);
    appendFileSync(path, '{"kind":"claim","na');
    expect(await open().claim('n', asked)).toEqual({ result: 'finished', value });
  });
});
