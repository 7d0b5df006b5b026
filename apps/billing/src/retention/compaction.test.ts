import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { withConnection } from '@aggregator/database';
import { createUuidV7 } from '@aggregator/service-kit';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { dayOf, monthOf } from '../invoices/month-bounds.ts';
import { readLedgerLines } from '../invoices/read-ledger-lines.ts';
import { createLedgerWatch } from '../ledger/watch-ledger.ts';
import { createBooksCheck } from '../reconciliation/checks/verify-books.ts';
import { openWorld, type World } from '../testing/open-world.ts';
import { correctionOf, usageEvent } from '../testing/usage-event.ts';
import { compactMonth } from './compact-month.ts';
import { createDirectoryStore, type ExportStore } from './export-store.ts';
import { makePartitions } from './make-partitions.ts';
import { ledgerMonth } from './months.ts';
import { createRetention } from './run-retention.ts';
import { verifyCompacted } from './verify-compacted.ts';

const [june, october, november] = ['2026-06-10', '2026-10-02', '2026-11-02'].map((day) => new Date(`${day}T12:00:00Z`));
const july = ledgerMonth(new Date('2026-07-01T00:00:00Z'));

let world: World;
let directory: string;
beforeEach(async () => {
  world = await openWorld();
  directory = await mkdtemp(join(tmpdir(), 'compaction-'));
});
afterEach(async () => {
  await world.close();
  await rm(directory, { recursive: true });
});

const run = (now = october, ledgerExportDirectory = directory) => {
  const config = { databaseUrl: world.url, ledgerDetailMonths: 2, ledgerExportDirectory };
  return createRetention({ ...world, config, clock: () => now ?? new Date() })();
};
const at = (time: string, facts: { orgId: string } & Partial<Parameters<typeof usageEvent>[0]>) =>
  usageEvent({ requestId: createUuidV7(Date.parse(time)), ...facts });
const verify = () =>
  withConnection(world.url, 10_000, (client) => verifyCompacted(client, createDirectoryStore(directory)));
const compact = (store: ExportStore) =>
  withConnection(world.url, 10_000, (client) => compactMonth(client, july, { store, now: october ?? new Date() }));
const linesOf = async (name: string) =>
  gunzipSync(await readFile(join(directory, name)))
    .toString()
    .split('\n')
    .filter((line) => line !== '');
/** Resolves once so many sessions of the database wait for locks. */
const waitForLocks = async (sessions: number): Promise<void> => {
  for (;;) {
    const rows = await world.database.$queryRaw<unknown[]>`
      SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    if (rows.length >= sessions) return;
  }
};

describe('compaction of a month', () => {
  it('adds up requests of several hours of one day (I6)', async () => {
    const orgId = await world.fund(10_000n);
    const hours = ['2026-07-15T01:10:00Z', '2026-07-15T09:20:00Z', '2026-07-15T23:30:00Z'];
    await world.handle(...hours.map((time) => at(time, { orgId })));
    await run();
    expect(await verify()).toEqual([{ month: '2026-07', requests: '3', faults: [] }]);
    const days = await world.database.$queryRaw`SELECT requests, charged, paid FROM charge_day`;
    expect(days).toEqual([{ requests: 3n, charged: 3000n, paid: 3000n }]);
  });

  it('by two instances at once exports each request, and deletes none that is not exported', async () => {
    const orgId = await world.fund(10_000n);
    await world.handle(at('2026-07-15T10:00:00Z', { orgId }));
    const store = createDirectoryStore(directory);
    let other: Promise<unknown> | null = null;
    const paused: ExportStore = {
      ...store,
      async write(name, chunks) {
        other ??= compact(store);
        await Promise.race([other, waitForLocks(1)]);
        return store.write(name, chunks);
      },
    };
    await compact(paused);
    await other;
    expect(await linesOf('2026-07/charge.jsonl.gz')).toHaveLength(1);
    expect(await verify()).toEqual([{ month: '2026-07', requests: '1', faults: [] }]);
  });

  it('removes the unfinished files of a run that crashed', async () => {
    const orgId = await world.fund(10_000n);
    await world.handle(at('2026-07-15T10:00:00Z', { orgId }));
    await mkdir(join(directory, '2026-07'));
    await writeFile(join(directory, '2026-07/charge.jsonl.gz.0190a000.part'), 'x');
    await run();
    const names = ['charge', 'inbox', 'statement_line'].map((table) => `${table}.jsonl.gz`);
    expect((await readdir(join(directory, '2026-07'))).sort()).toEqual(names);
  });

  it.each(['AET', 'BET', 'IST', 'Europe/Berlin', 'Pacific/Kiritimati', '+14:00', '-12:00', '+0530', '-03'])(
    'counts days by the time zone %s of a profile',
    async (timeZone) => {
      const orgId = await world.fund(10_000n);
      const body = { name: 'x', address: [], taxId: null, timeZone };
      await world.database.billingProfile.create({ data: { orgId, body } });
      await world.handle(at('2026-07-15T10:00:00Z', { orgId }));
      const read = () => {
        const month = monthOf(new Date(), timeZone);
        return world.database.$transaction((tx) => readLedgerLines(tx, orgId, month, { by: 'model' }));
      };
      const before = await read();
      expect(before).toMatchObject([{ requests: 1, amount: 1000n }]);
      const { time } = await world.database.statementLine.findFirstOrThrow({ where: { orgId, type: 'charge' } });
      await run();
      const days = await world.database.$queryRaw`SELECT day::text FROM charge_day`;
      expect(days).toEqual([{ day: dayOf(time, timeZone) }]);
      expect(await verify()).toEqual([{ month: '2026-07', requests: '1', faults: [] }]);
      expect(await read()).toEqual(before);
    },
  );

  it('also closes earlier months without requests: nothing late or repeated is charged (I7)', async () => {
    await run(june, '');
    const orgId = await world.fund(10_000n);
    const august = at('2026-08-15T10:00:00Z', { orgId });
    await world.handle(august);
    await run(november);
    const late = at('2026-07-15T10:00:00Z', { orgId });
    expect(await world.handle(late, august)).toEqual(['month_compacted', 'month_compacted']);
    await run(november);
    expect(await world.handle(august)).toEqual(['month_compacted']);
    expect((await world.balances(orgId)).available).toBe(9000n);
  });

  it('ends corrections of its requests: those that wait, and those that are late, are quarantined', async () => {
    const orgId = await world.fund(10_000n);
    const estimate = { orgId, estimated: true, outcome: 'aborted' } as const;
    const [early, settled] = [at('2026-07-15T10:00:00Z', estimate), at('2026-07-15T10:00:00Z', estimate)];
    await world.handle(correctionOf(early, 1500), settled);
    await run();
    const late = correctionOf(settled, 1500);
    expect(await world.handle(late)).toEqual(['month_compacted']);
    expect(await world.handle(late)).toEqual(['month_compacted']);
    const states = await world.database.$queryRaw`SELECT state FROM usage_correction`;
    expect(states).toEqual([{ state: 'refused' }, { state: 'refused' }]);
    expect(await world.count('quarantine')).toBe(2);
    expect((await world.balances(orgId)).available).toBe(9000n);
  });

  it('lets charges through that are under way when it deletes', async () => {
    const orgId = await world.fund(10_000n);
    await run(june, '');
    await world.handle(at('2026-07-15T10:00:00Z', { orgId }));
    await withConnection(world.url, 10_000, async (client) => {
      await client.query('BEGIN; LOCK TABLE inbox IN ROW EXCLUSIVE MODE');
      const compacted = compact(createDirectoryStore(directory));
      await waitForLocks(1);
      await client.query('LOCK TABLE charge, statement_line IN ROW EXCLUSIVE MODE; COMMIT');
      await compacted;
    });
    expect(await verify()).toEqual([{ month: '2026-07', requests: '1', faults: [] }]);
  });
});

describe('the check of the books', () => {
  it('compares one compacted month in each run, in turn (I21)', async () => {
    const orgId = await world.fund(10_000n);
    await world.handle(at('2026-05-15T10:00:00Z', { orgId }), at('2026-07-15T10:00:00Z', { orgId }));
    await run();
    await world.database.$executeRaw`ALTER TABLE charge_day DISABLE TRIGGER ALL`;
    await world.database.$executeRaw`UPDATE charge_day SET paid = paid - 1`;
    await createLedgerWatch(world.database, world.events).step();
    const check = createBooksCheck(world.database, world.url);
    const months: unknown[] = [];
    for (let turn = 0, last: unknown = null; turn < 3; turn += 1) {
      const outcome = await check.run(last);
      months.push(outcome?.found.map(({ details }) => details.month));
      last = outcome?.next;
    }
    expect(months).toEqual([['2026-05'], ['2026-07'], ['2026-05']]);
  });
});

describe('partitions of months', () => {
  it('are not read to find a top-up by its key', async () => {
    await run(june, '');
    await world.fund(1n);
    await withConnection(world.url, 10_000, async (client) => {
      await client.query('BEGIN; LOCK TABLE statement_line_2026_07 IN ACCESS EXCLUSIVE MODE');
      const waits = waitForLocks(1).then(() => 'waits');
      const funded = world.fund(1n);
      const result = await Promise.race([funded.then(() => 'funded'), waits]);
      await client.query('ROLLBACK');
      await funded;
      expect(result).toBe('funded');
      // Ends the wait.
      await client.query('BEGIN; LOCK TABLE statement_line_2026_07 IN ACCESS EXCLUSIVE MODE');
      const reading = world.count('statement_line');
      await waits;
      await client.query('ROLLBACK');
      await reading;
    });
  });

  it('that were not made by an instance that crashed refuse no charge', async () => {
    await world.database.$executeRaw`
      ALTER TABLE charge_rest ADD CONSTRAINT charge_2026_07_is_elsewhere CHECK (request_id < '019f0000-0000-0000-0000-000000000000') NOT VALID`;
    await run(new Date('2026-06-30T12:00:00Z'), '');
    const orgId = await world.fund(10_000n);
    expect(await world.handle(at('2026-07-15T10:00:00Z', { orgId }))).toEqual([]);
  });

  it('leave no limit of locks to the next user of the connection', async () => {
    const limit = await withConnection(world.url, 10_000, async (client) => {
      await makePartitions(client, june ?? new Date());
      return (await client.query('SHOW lock_timeout')).rows;
    });
    expect(limit).toEqual([{ lock_timeout: '0' }]);
  });
});
