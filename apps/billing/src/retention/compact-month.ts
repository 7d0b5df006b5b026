import { setTimeout } from 'node:timers/promises';
import { appendAuditEntry, type Connection } from '@aggregator/database';
import { createUuidV7 } from '@aggregator/service-kit';
import { type ExportedFile, exportMonth } from './export-month.ts';
import type { ExportStore } from './export-store.ts';
import { inTransaction, replaceCheck } from './in-transaction.ts';
import { closedConstraint, listPartitions } from './make-partitions.ts';
import { firstIdAt, type LedgerMonth, monthlyTables, partitionOf, restOf, timeOfId } from './months.ts';
import { writePayerZones } from './payer-zones.ts';
import { addTotals, dayLinesSql, readTotalsHash, sumHoursSql, sumTotals } from './totals.ts';

/** Requests of so long are added up by one statement. */
const sliceMs = 3_600_000;

/**
 * Exports a month, keeps totals of its days, and deletes its details. Can be repeated after each step. One instance at a time has the
 * month: a second one would replace the files by what is left of the details. Returns the files; none if the month is compacted already.
 */
export async function compactMonth(
  client: Connection,
  month: LedgerMonth,
  { store, now }: { store: ExportStore; now: Date },
): Promise<readonly ExportedFile[]> {
  await inTransaction(client, () => closeMonth(client, month, now));
  return inTransaction(client, async () => {
    if ((await lockMonth(client, month)) !== 'closed') return [];
    const files = await exportMonth(client, month, store);
    await replaceDetails(client, month, files, now);
    return files;
  });
}

/** From here on a late event of the month, or of one before it, is quarantined: what is exported no longer changes. */
async function closeMonth(client: Connection, month: LedgerMonth, now: Date): Promise<void> {
  const state = await lockMonth(client, month);
  if (state !== undefined && state !== 'closed') return;
  await client.query(
    `INSERT INTO compacted_month (month, from_id, to_id, closed_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
    [month.name, month.fromId, month.toId, now],
  );
  for (const table of monthlyTables) {
    if (table.table !== 'charge') continue;
    const constraint = closedConstraint(table);
    await replaceCheck(client, restOf(table), constraint, `${table.key} >= '${month.toId}'`);
    // Also those of earlier months that had no request, or a late one would be charged.
    for (const partition of await listPartitions(client, table)) {
      if (partition <= partitionOf(table, month)) await replaceCheck(client, partition, constraint, 'false');
    }
  }
}

/**
 * Locks a month until the transaction ends, and returns its state if it is known. The lock is of no row: while files are written, the
 * transaction has changed nothing, and PostgreSQL removes old versions of balances as usual.
 */
async function lockMonth(client: Connection, { name }: LedgerMonth): Promise<string | undefined> {
  await client.query('SELECT pg_advisory_xact_lock(hashtext($1))', [`compaction of ${name}`]);
  const { rows } = await client.query<{ state: string }>('SELECT state FROM compacted_month WHERE month = $1', [name]);
  return rows[0]?.state;
}

async function replaceDetails(
  client: Connection,
  month: LedgerMonth,
  files: readonly ExportedFile[],
  now: Date,
): Promise<void> {
  await writePayerZones(client, timeOfId(month.fromId));
  await addAllTotals(client, month);
  const { requests, charged } = await checkTotals(client, month, files);
  const hash = await readTotalsHash(client, month.name);
  await client.query(
    `UPDATE compacted_month SET state = 'exported', requests = $2, charged = $3, files = $4, totals_hash = decode($5, 'hex')
     WHERE month = $1`,
    [month.name, requests, charged, JSON.stringify(files), hash],
  );
  await client.query(dayLinesSql, [month.fromId, month.toId]);
  await deleteDetails(client, month);
  await client.query(
    `INSERT INTO statement_line (id, org_id, payer_id, time, type, amount, description) SELECT * FROM compacted_lines`,
  );
  await client.query(`UPDATE compacted_month SET state = 'compacted', compacted_at = $2 WHERE month = $1`, [
    month.name,
    now,
  ]);
  await appendAuditEntry(async (sql, values) => (await client.query(sql, [...values])).rows, {
    ...{ id: createUuidV7(now.getTime()), time: now, organizationId: null, actorUserId: null, actorKeyId: null },
    ...{ actorPeer: null, requestId: null, action: 'month_compacted', subjectType: 'month', subjectId: month.name },
    details: {
      ...{ requests, chargedNanoUsd: charged, totalsHash: hash },
      files: files.map(({ name, rows, bytes, sha256 }) => ({ name, rows, bytes, sha256 })),
    },
  });
}

/** Adds up one slice after the other, from one request on each; hours without requests cost nothing. */
async function addAllTotals(client: Connection, { name, fromId, toId }: LedgerMonth): Promise<void> {
  await client.query('CREATE TEMPORARY TABLE hourly_totals (LIKE charge_day) ON COMMIT DROP');
  for (let from = fromId; ; ) {
    const { rows } = await client.query<{ id: string }>(
      'SELECT request_id AS id FROM charge WHERE request_id >= $1 AND request_id < $2 ORDER BY request_id LIMIT 1',
      [from, toId],
    );
    const first = rows[0]?.id;
    if (first === undefined) break;
    const next = firstIdAt(new Date(timeOfId(first).getTime() + sliceMs));
    from = next < toId ? next : toId;
    await addTotals(client, name, [first, from]);
  }
  await client.query(sumHoursSql);
}

/** @throws if the totals are not what was exported. */
async function checkTotals(client: Connection, month: LedgerMonth, files: readonly ExportedFile[]) {
  const totals = await sumTotals(client, month.name);
  const { rows } = await client.query<{ requests: string; charged: string }>(
    `SELECT count(*) AS requests, coalesce(sum(amount), 0)::text AS charged FROM charge
     WHERE request_id >= $1 AND request_id < $2`,
    [month.fromId, month.toId],
  );
  const exported = files.find(({ name }) => name.endsWith('/charge.jsonl.gz'))?.rows;
  const [charges] = rows;
  const isWhole =
    totals.requests === charges?.requests && totals.charged === charges.charged && `${exported}` === charges.requests;
  if (isWhole) return totals;
  throw new Error(`${month.name}: ${JSON.stringify({ totals, charges, exported })} differ`);
}

async function deleteDetails(client: Connection, month: LedgerMonth): Promise<void> {
  for (const table of monthlyTables) {
    const { key, type } = table;
    await client.query(`DELETE FROM ${restOf(table)} WHERE ${key} >= $1::${type} AND ${key} < $2::${type}`, [
      month.fromId,
      month.toId,
    ]);
  }
  await lockTables(client);
  for (const table of monthlyTables) await client.query(`DROP TABLE IF EXISTS ${partitionOf(table, month)}`);
}

const attemptsMax = 100;
const pauseMs = 200;

/**
 * Locks the tables of months. An attempt ends before PostgreSQL looks for deadlocks: charges that hold one of the tables and need
 * another one end first, and nothing of the month's work is lost.
 */
async function lockTables(client: Connection): Promise<void> {
  const tables = monthlyTables.map(({ table }) => table).join(', ');
  await client.query(`SET LOCAL lock_timeout = '500ms'; SAVEPOINT unlocked`);
  for (let attempt = 1; ; attempt += 1) {
    try {
      await client.query(`LOCK TABLE ${tables} IN ACCESS EXCLUSIVE MODE`);
      break;
    } catch (error) {
      if (attempt >= attemptsMax || !isLockTimeout(error)) throw error;
      await client.query('ROLLBACK TO SAVEPOINT unlocked');
      await setTimeout(pauseMs);
    }
  }
  await client.query(`SET LOCAL lock_timeout = '5s'`);
}

const isLockTimeout = (error: unknown) => error instanceof Error && 'code' in error && error.code === '55P03';
