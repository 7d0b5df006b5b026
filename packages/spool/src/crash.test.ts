import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  copyFileSync,
  mkdirSync,
  openSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { CrashArguments } from './__fixtures__/crash-arguments.ts';
import { beginRequest, makeIntent, makeSettlement } from './__fixtures__/records.ts';
import {
  listSegmentNames,
  makeRoot,
  makeSpoolOptions,
  removeRoot,
  turn,
  until,
} from './__fixtures__/temporary-spool.ts';
import { openSpool } from './open-spool.ts';
import { recover } from './recover.ts';

let root = '';
beforeEach(() => {
  root = makeRoot();
});
afterEach(() => removeRoot(root));

interface Reported {
  intents: Set<string>;
  settlements: Set<string>;
  shipped: Set<string>;
}

/** Runs the writer until it has said `bytes` bytes, kills it at any point of its work, and adds what it said. */
async function writeUntilKilled(options: CrashArguments, bytes: number, reported: Reported): Promise<void> {
  const path = join(root, `${options.run}.out`);
  const output = openSync(path, 'w');
  const script = new URL('./__fixtures__/append-until-killed.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [script, JSON.stringify(options)], { stdio: ['ignore', output, 'inherit'] });
  const isEnded = once(child, 'exit');
  await until(() => statSync(path).size >= bytes || child.exitCode !== null);
  child.kill('SIGKILL');
  expect(await isEnded).toEqual([null, 'SIGKILL']);
  closeSync(output);
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    const [kind, eventId = ''] = line.split(' ');
    if (kind === 'i') reported.intents.add(eventId);
    else if (kind === 's') reported.settlements.add(eventId);
    else if (kind === 'p') reported.shipped.add(eventId);
    else expect(line).toBe('');
  }
}

describe('spool of a process killed at any moment', () => {
  it('has every intent whose append had returned and every settlement of an earlier turn, and calls abandoned what had no settlement', async () => {
    const reported: Reported = { intents: new Set(), settlements: new Set(), shipped: new Set() };
    const { options, shipped } = makeSpoolOptions(root);
    const runs = 5;
    for (let run = 0; run < runs; run += 1) {
      const bytes = 1 + Math.floor(Math.random() * 40_000);
      await writeUntilKilled({ directory: options.directory, run: `run${run}`, settleEvery: 25 }, bytes, reported);
    }
    expect(reported.settlements.size).toBeGreaterThan(100);

    const spool = await openSpool({ ...options, bytesMax: 16 * 1024 * 1024 });
    await spool.waitUntilShipped(10_000);
    const delivered = new Set([...reported.shipped, ...shipped.map(({ eventId }) => eventId)]);
    expect([...reported.settlements].filter((eventId) => !delivered.has(eventId))).toEqual([]);
    expect(spool.readPending().openIntents).toBe(spool.abandonedIntents.length);
    expect(spool.damage.corruptRecords).toBe(0);

    const abandoned = new Set(spool.abandonedIntents.map(({ eventId }) => eventId));
    const unsettled = [...reported.intents].filter((eventId) => !reported.settlements.has(eventId));
    // The kill may have come between a write and the word of it: at most one record for each run.
    const unreportedSettlements = unsettled.filter((eventId) => !abandoned.has(eventId));
    const unreportedIntents = [...abandoned].filter((eventId) => !reported.intents.has(eventId));
    for (const eventId of unreportedSettlements) expect(delivered.has(eventId)).toBe(true);
    expect(unreportedSettlements.length + unreportedIntents.length).toBeLessThanOrEqual(runs);
    expect([...abandoned].filter((eventId) => reported.settlements.has(eventId))).toEqual([]);
    await spool.close();
  });
});

describe('spool of a process killed while it writes groups of requests', () => {
  it('has the intent and the mark of each request that was sent, and settles none twice (I1)', async () => {
    const reported: Reported = { intents: new Set(), settlements: new Set(), shipped: new Set() };
    const { options, shipped } = makeSpoolOptions(root);
    const [runs, groupMax] = [4, 12];
    for (let run = 0; run < runs; run += 1) {
      const bytes = 2000 + Math.floor(Math.random() * 18_000);
      await writeUntilKilled(
        { directory: options.directory, run: `g${run}`, settleEvery: 1, groupMax },
        bytes,
        reported,
      );
    }
    expect(reported.intents.size).toBeGreaterThan(100);

    const spool = await openSpool({ ...options, bytesMax: 16 * 1024 * 1024 });
    await spool.waitUntilShipped(10_000);
    const delivered = new Set([...reported.shipped, ...shipped.map(({ eventId }) => eventId)]);
    const marks = new Map(spool.abandonedIntents.map(({ eventId, mark }) => [eventId, mark]));
    expect(spool.damage.corruptRecords).toBe(0);
    expect([...reported.settlements].filter((eventId) => !delivered.has(eventId))).toEqual([]);
    expect([...marks.keys()].filter((eventId) => reported.settlements.has(eventId))).toEqual([]);
    const sent = [...reported.intents].filter((eventId) => !delivered.has(eventId));
    expect(sent.filter((eventId) => marks.get(eventId) !== eventId)).toEqual([]);
    await spool.close();
  });
});

describe('spool cut off at any byte of its last record', () => {
  it('opens, has all but that record, and takes records again', async () => {
    const { options } = makeSpoolOptions(root);
    const spool = await openSpool(options);
    beginRequest(spool, makeIntent('a/1'));
    const name = listSegmentNames(options.directory)[0] ?? '';
    const whole = statSync(join(options.directory, name)).size;
    spool.prepareIntent(makeIntent('b/1'));
    await spool.close();
    const bytes = statSync(join(options.directory, name)).size;
    expect(bytes).toBeGreaterThan(whole);

    for (let size = whole; size <= bytes; size += 1) {
      const directory = join(root, `cut-${size}`);
      mkdirSync(directory);
      copyFileSync(join(options.directory, name), join(directory, name));
      truncateSync(join(directory, name), size);
      const next = await openSpool({ ...options, bytesMax: 4096, segmentBytesMax: 1024, directory });
      const names = next.abandonedIntents.map(({ eventId }) => eventId);
      expect(names).toEqual(size === bytes ? ['a/1', 'b/1'] : ['a/1']);
      expect(next.damage.tornRecords).toBe(size === whole || size === bytes ? 0 : 1);
      expect(next.appendSettlement(makeSettlement('a/1'))).toBe(true);
      await next.close();
    }
  });

  it('loses only a settlement that was cut, whose intent is abandoned then', async () => {
    const temporary = makeSpoolOptions(root);
    temporary.answer = () => Promise.reject(new Error('the event log is down'));
    const spool = await openSpool(temporary.options);
    for (const eventId of ['a/1', 'b/1']) beginRequest(spool, makeIntent(eventId));
    spool.appendSettlement(makeSettlement('a/1'));
    await turn();
    const { directory } = temporary.options;
    const name = listSegmentNames(directory)[0] ?? '';
    const whole = statSync(join(directory, name)).size;
    spool.appendSettlement(makeSettlement('b/1'));
    await spool.close();
    const bytes = readFileSync(join(directory, name));
    expect(bytes.length).toBeGreaterThan(whole);
    for (let size = whole; size < bytes.length; size += 1) {
      writeFileSync(join(directory, name), bytes.subarray(0, size));
      const recovered = await recover(directory, { segment: 0, offset: 0 }, () => undefined);
      expect(recovered.abandonedIntents.map(({ eventId }) => eventId)).toEqual(['b/1']);
      expect(recovered.unshippedSettlements).toBe(1);
      expect(recovered.damage.tornRecords).toBe(size === whole ? 0 : 1);
      expect(statSync(join(directory, name)).size).toBe(whole);
    }
  });
});
