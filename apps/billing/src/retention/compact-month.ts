import { appendAuditEntry, type Connection } from '@aggregator/database';
import { createUuidV7 } from '@aggregator/service-kit';
import { type ExportedFile, exportMonth } from './export-month.ts';
import type { ExportStore } from './export-store.ts';
import { closedConstraint, hasTable } from './make-partitions.ts';
import { firstIdAt, type LedgerMonth, monthlyTables, partitionOf, restOf, timeOfId } from './months.ts';
import { addTotals, dayLinesSql, readTotalsHash, sumTotals } from './totals.ts';

/** Requests of so long are added up by one statement. */
const sliceMs = 3_600_000;

/** Exports a month, keeps totals of its days, and deletes its details. Can be repeated after each step. */
export async function compactMonth(
  client: Connection,
  month: LedgerMonth,
  { store, now }: { store: ExportStore; now: Date },
): Promise<readonly ExportedFile[]> {
  await closeMonth(client, month, now);
  const files = await exportMonth(client, month, store);
  await inTransaction(client, () => replaceDetails(client, month, files, now));
  return files;
}

/** From here on a late event of the month, or of one before it, is quarantined: what is exported no longer changes. */
async function closeMonth(client: Connection, month: LedgerMonth, now: Date): Promise<void> {
  await inTransaction(client, async () => {
    await client.query(`SET LOCAL lock_timeout = '5s'`);
    await client.query(
      `INSERT INTO compacted_month (month, from_id, to_id, closed_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
      [month.name, month.fromId, month.toId, now],
    );
    for (const table of monthlyTables) {
      if (table.table !== 'charge') continue;
      const constraint = closedConstraint(table);
      const rest = restOf(table);
      await client.query(`ALTER TABLE ${rest} DROP CONSTRAINT IF EXISTS ${constraint}`);
      await client.query(
        `ALTER TABLE ${rest} ADD CONSTRAINT ${constraint} CHECK (${table.key} >= '${month.toId}') NOT VALID`,
      );
      const partition = partitionOf(table, month);
      if (!(await hasTable(client, partition))) continue;
      await client.query(`ALTER TABLE ${partition} DROP CONSTRAINT IF EXISTS ${constraint}`);
      await client.query(`ALTER TABLE ${partition} ADD CONSTRAINT ${constraint} CHECK (false) NOT VALID`);
    }
  });
}

async function replaceDetails(
  client: Connection,
  month: LedgerMonth,
  files: readonly ExportedFile[],
  now: Date,
): Promise<void> {
  const { rows } = await client.query(`SELECT state FROM compacted_month WHERE month = $1 FOR UPDATE`, [month.name]);
  if (rows[0]?.state !== 'closed') return;
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
  for (let from = fromId; ; ) {
    const { rows } = await client.query<{ id: string }>(
      'SELECT request_id AS id FROM charge WHERE request_id >= $1 AND request_id < $2 ORDER BY request_id LIMIT 1',
      [from, toId],
    );
    const first = rows[0]?.id;
    if (first === undefined) return;
    const next = firstIdAt(new Date(timeOfId(first).getTime() + sliceMs));
    from = next < toId ? next : toId;
    await addTotals(client, name, [first, from]);
  }
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
  await client.query(`SET LOCAL lock_timeout = '5s'`);
  for (const table of monthlyTables) await client.query(`DROP TABLE IF EXISTS ${partitionOf(table, month)}`);
}

async function inTransaction(client: Connection, work: () => Promise<void>): Promise<void> {
  await client.query('BEGIN');
  try {
    await work();
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  }
}
