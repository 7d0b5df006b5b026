import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { UsageRecorded } from '@aggregator/contracts';
import { verifyAudit, withConnection } from '@aggregator/database';
import { createUuidV7 } from '@aggregator/service-kit';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { installation } from '../audit/write-audit.ts';
import { explainRequest } from '../charges/explain-charge.ts';
import { readLedgerLines } from '../invoices/read-ledger-lines.ts';
import { attach } from '../payers/attach.ts';
import { rerate } from '../rerate/rerate.ts';
import { openWorld, type World } from '../testing/open-world.ts';
import { correctionOf, usageEvent } from '../testing/usage-event.ts';
import { listTransactions } from '../transactions/list-transactions.ts';
import { createDirectoryStore } from './export-store.ts';
import { createRetention } from './run-retention.ts';
import { verifyCompacted } from './verify-compacted.ts';

const [june, october] = [new Date('2026-06-10T12:00:00Z'), new Date('2026-10-02T12:00:00Z')];
const [inMay, inJuly, inSeptember] = ['2026-05-20T10:00:00Z', '2026-07-15T10:00:00Z', '2026-09-15T10:00:00Z'].map(
  Date.parse,
);
const week = { from: new Date(Date.now() - 7 * 86_400_000), to: new Date(Date.now() + 7 * 86_400_000) };

let world: World;
let directory: string;
beforeEach(async () => {
  world = await openWorld();
  directory = await mkdtemp(join(tmpdir(), 'retention-'));
});
afterEach(async () => {
  await world.close();
  await rm(directory, { recursive: true });
});

const run = (now: Date, ledgerExportDirectory = directory) => {
  const config = { databaseUrl: world.url, ledgerDetailMonths: 2, ledgerExportDirectory };
  return createRetention({ ...world, config, clock: () => now })();
};
const at = (ms: number | undefined, facts: { orgId: string } & Partial<UsageRecorded> & { costNanoUsd?: number }) =>
  usageEvent({ requestId: createUuidV7(ms), ...facts });
const verify = () =>
  withConnection(world.url, 10_000, (client) => verifyCompacted(client, createDirectoryStore(directory)));
const read = async (orgId: string) => {
  const lines = await world.database.$transaction(async (tx) => [
    await readLedgerLines(tx, orgId, week, { by: 'model' }),
    await readLedgerLines(tx, orgId, week, { by: 'user' }),
    await readLedgerLines(tx, orgId, week, { by: 'key' }),
    await readLedgerLines(tx, orgId, week, { by: 'team' }),
    await readLedgerLines(tx, orgId, week, { by: 'invoice' }),
    await readLedgerLines(tx, orgId, week, { by: 'organization' }),
  ]);
  return { lines, balances: await world.balances(orgId) };
};
const partitions = async () => {
  const rows = await world.database.$queryRaw<{ name: string }[]>`
    SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'charge'::regclass ORDER BY 1`;
  return rows.map(({ name }) => name).filter((name) => name.startsWith('charge_2'));
};
const tamper = (sql: string) =>
  world.database.$transaction([
    world.database.$executeRawUnsafe('ALTER TABLE charge_day DISABLE TRIGGER ALL'),
    world.database.$executeRawUnsafe(sql),
  ]);

describe('months of the ledger', () => {
  it('have partitions ahead, and take rows of other months all the same', async () => {
    await run(june, '');
    await run(june, '');
    expect(await partitions()).toEqual(['charge_2026_07', 'charge_2026_08', 'charge_2026_09']);
    const orgId = await world.fund(10_000n);
    const events = [at(inMay, { orgId }), at(inJuly, { orgId })];
    expect(await world.handle(...events, ...events)).toEqual([]);
    expect((await world.balances(orgId)).available).toBe(8000n);
    const rows = await world.database.$queryRaw<{ name: string }[]>`
      SELECT tableoid::regclass::text AS name FROM charge UNION ALL SELECT tableoid::regclass::text FROM inbox
      UNION ALL SELECT tableoid::regclass::text FROM statement_line ORDER BY 1`;
    expect(rows.map(({ name }) => name)).toEqual([
      ...['charge_2026_07', 'charge_rest', 'inbox_2026_07', 'inbox_rest'],
      ...['statement_line_2026_07', 'statement_line_rest', 'statement_line_rest'],
    ]);
  });

  it('are left to the rest where they begin within a day, or have rows there already', async () => {
    await run(new Date('2026-06-30T12:00:00Z'), '');
    expect(await partitions()).toEqual(['charge_2026_08', 'charge_2026_09']);
    const orgId = await world.fund(10_000n);
    await world.handle(at(inJuly, { orgId }));
    await run(june, '');
    expect(await partitions()).not.toContain('charge_2026_07');
    expect(await world.handle(at(inJuly, { orgId }))).toEqual([]);
  });

  it('refuse every delete and truncation of their rows', async () => {
    await run(june, '');
    const orgId = await world.fund(10_000n);
    await world.handle(at(inMay, { orgId }), at(inJuly, { orgId }));
    for (const table of ['charge', 'inbox', 'statement_line', 'charge_2026_07', 'charge_rest', 'statement_line_rest']) {
      await expect(world.database.$executeRawUnsafe(`DELETE FROM ${table}`)).rejects.toThrow('append-only');
      await expect(world.database.$executeRawUnsafe(`TRUNCATE ${table}`)).rejects.toThrow('append-only');
    }
  });

  it('older than details are kept become totals of days: balances, statements and proofs stay (I6, I21)', async () => {
    await run(june, '');
    const [orgId, other] = [await world.fund(100_000n), await world.fund(1000n)];
    const branch = await world.fund(1n);
    const amounts = { topUpMinNanoUsd: 1n, topUpMaxNanoUsd: 1n, signUpCreditNanoUsd: 0n };
    const payments = { ...amounts, publicUrl: '', exchangeRateMaxAgeDays: 30 };
    const context = { ...world, clock: () => new Date(), paymentProviders: new Map(), config: payments };
    await attach(context, { orgId: branch, payerId: orgId }, installation, false);
    const estimate = at(inJuly, { orgId, estimated: true, outcome: 'aborted', costNanoUsd: 3000 });
    const { requestId } = estimate;
    const correction = correctionOf(estimate, 2500);
    const kept = at(inSeptember, { orgId });
    const old = [
      ...[at(inMay, { orgId }), at(inMay, { orgId, model: 'gpt-4o', costNanoUsd: 500 }), estimate],
      // The platform bears a part, and an organisation without credit everything.
      ...[at(inJuly, { orgId: other, costNanoUsd: 1500 }), at(inJuly, { orgId: createUuidV7() })],
      ...[at(inJuly, { orgId, usage: {}, outcome: 'void' }), at(inJuly, { orgId: branch, costNanoUsd: 700 })],
    ];
    expect(await world.handle(...old, correction, kept)).toEqual([]);
    const before = {
      one: await read(orgId),
      two: await read(other),
      branch: await read(branch),
      transfers: await world.count('transfer'),
    };

    await run(october);

    expect(await world.count('charge')).toBe(1);
    expect(await world.count('inbox')).toBe(1);
    expect({
      one: await read(orgId),
      two: await read(other),
      branch: await read(branch),
      transfers: await world.count('transfer'),
    }).toEqual(before);
    const { data } = await listTransactions(world.database, { orgId, limit: 50 });
    expect(data.map(({ type, amountNanoUsd }) => [type, amountNanoUsd]).sort()).toEqual([
      ...[
        ['adjustment', '500'],
        ['charge', '-1000'],
        ['charges_of_day', '-1500'],
        ['charges_of_day', '-3000'],
      ],
      ['top_up', '100000'],
    ]);
    expect(await world.check()).toMatchObject({ isConsistent: true });
    expect((await verifyAudit(world.url)).fault).toBeNull();
    expect(await verify()).toEqual([
      { month: '2026-05', requests: '2', faults: [] },
      { month: '2026-07', requests: '5', faults: [] },
    ]);
    const differences: unknown[] = [];
    expect((await rerate(world.database, null, (difference) => differences.push(difference))).charges).toBe(1);
    expect(differences).toEqual([]);
    const file = gunzipSync(await readFile(join(directory, '2026-07/charge.jsonl.gz'))).toString();
    expect(
      file
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).request_id),
    ).toContain(requestId);
    await run(october);
    expect(await verify()).toHaveLength(2);
  });

  it('take no event once they are compacted: a late or repeated one is quarantined and charges nothing (I7)', async () => {
    await run(june, '');
    const orgId = await world.fund(10_000n);
    const [may, july] = [at(inMay, { orgId }), at(inJuly, { orgId })];
    await world.handle(may, july);
    await run(october);
    const late = [may, july, at(inMay, { orgId }), at(inJuly, { orgId }), at(Date.parse('2026-01-05'), { orgId })];
    const present = at(inSeptember, { orgId });
    expect(await world.handle(...late, present)).toEqual(late.map(() => 'month_compacted'));
    expect((await world.balances(orgId)).available).toBe(7000n);
    expect(
      await explainRequest(
        { readOwn: (read) => read(world.database), all: world.database },
        { orgId, requestId: may.requestId },
      ),
    ).toBeNull();
  });

  it('keep their details if the export fails, and are compacted by the next run', async () => {
    const orgId = await world.fund(10_000n);
    await world.handle(at(inMay, { orgId }));
    await writeFile(join(directory, 'file'), '');
    await expect(run(october, join(directory, 'file'))).rejects.toThrow();
    expect(await world.count('charge')).toBe(1);
    await run(october);
    expect(await world.count('charge')).toBe(0);
    expect(await verify()).toEqual([{ month: '2026-05', requests: '1', faults: [] }]);
  });

  it('show whose totals, file or hash was changed afterwards', async () => {
    const orgId = await world.fund(10_000n);
    await world.handle(at(inMay, { orgId }), at(inJuly, { orgId }));
    await run(october);
    const faults = async () => (await verify()).map((month) => month.faults.join('; '));
    await writeFile(join(directory, '2026-05/inbox.jsonl.gz'), 'other');
    expect(await faults()).toEqual([expect.stringContaining('2026-05/inbox.jsonl.gz'), '']);
    await rm(join(directory, '2026-07/charge.jsonl.gz'));
    expect(await faults()).toEqual([expect.anything(), expect.stringContaining('ENOENT')]);
    await tamper(`UPDATE charge_day SET paid = paid - 1 WHERE month = '2026-05'`);
    expect(await faults()).toEqual([expect.stringContaining('totals'), expect.anything()]);
    await expect(world.database.$executeRaw`UPDATE compacted_month SET charged = 1`).rejects.toThrow('append-only');
  });
});
