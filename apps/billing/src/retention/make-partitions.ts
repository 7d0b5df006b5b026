import type { Connection } from '@aggregator/database';
import { inTransaction, replaceCheck } from './in-transaction.ts';
import { type LedgerMonth, ledgerMonth, type MonthlyTable, monthlyTables, partitionOf, restOf } from './months.ts';

const monthsAhead = 3;
const dayMs = 86_400_000;

/**
 * Makes the partitions of the next months. A month that begins within a day is left to the table of the rest, since its first rows
 * could arrive while that is read; so is a month that has rows there. Each lock is short: what is read, is read while others write. Returns the names of new partitions.
 */
export async function makePartitions(client: Connection, now: Date): Promise<string[]> {
  for (const table of monthlyTables) await dropLeftChecks(client, table);
  const made: string[] = [];
  for (let later = 1; later <= monthsAhead; later += 1) {
    const month = ledgerMonth(now, later);
    if (month.from.getTime() - now.getTime() < dayMs) continue;
    for (const table of monthlyTables) {
      if (await hasTable(client, partitionOf(table, month))) continue;
      if (await hasRows(client, table, month)) continue;
      await makePartition(client, table, month);
      made.push(partitionOf(table, month));
    }
  }
  return made;
}

async function hasTable(client: Connection, name: string): Promise<boolean> {
  const { rows } = await client.query('SELECT to_regclass($1) IS NOT NULL AS found', [name]);
  return rows[0]?.found === true;
}

/** Names of the partitions of months that there are. */
export async function listPartitions(client: Connection, { table }: MonthlyTable): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT relname AS name FROM pg_inherits JOIN pg_class ON oid = inhrelid
     WHERE inhparent = $1::regclass AND relname ~ '_[0-9]{4}_[0-9]{2}$' ORDER BY 1`,
    [table],
  );
  return rows.map(({ name }) => name);
}

/** Drops what a run that did not end has left: it would refuse the rows of a month that has no partition. */
async function dropLeftChecks(client: Connection, table: MonthlyTable): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT conname AS name FROM pg_constraint WHERE conrelid = $1::regclass AND conname LIKE '%\\_is\\_elsewhere'`,
    [restOf(table)],
  );
  for (const { name } of rows) await dropCheck(client, restOf(table), name);
}

const dropCheck = (client: Connection, rest: string, constraint: string) =>
  inTransaction(client, () => client.query(`ALTER TABLE ${rest} DROP CONSTRAINT IF EXISTS ${constraint}`));

async function hasRows(client: Connection, table: MonthlyTable, month: LedgerMonth): Promise<boolean> {
  const { key, type } = table;
  const { rows } = await client.query(
    `SELECT EXISTS (SELECT FROM ${restOf(table)} WHERE ${key} >= $1::${type} AND ${key} < $2::${type}) AS found`,
    [month.fromId, month.toId],
  );
  return rows[0]?.found === true;
}

async function makePartition(client: Connection, table: MonthlyTable, month: LedgerMonth): Promise<void> {
  const [name, rest, { key, type }] = [partitionOf(table, month), restOf(table), table];
  const constraint = `${name}_is_elsewhere`;
  const [from, to] = [`'${month.fromId}'::${type}`, `'${month.toId}'::${type}`];
  // PostgreSQL reads the rest under a lock unless a constraint proves that it has no row of the month.
  await inTransaction(client, () => replaceCheck(client, rest, constraint, `${key} < ${from} OR ${key} >= ${to}`));
  try {
    await inTransaction(client, () => client.query(`ALTER TABLE ${rest} VALIDATE CONSTRAINT ${constraint}`));
    await inTransaction(client, async () => {
      await client.query(`CREATE TABLE ${name} (LIKE ${rest} INCLUDING DEFAULTS INCLUDING CONSTRAINTS)`);
      await client.query(`ALTER TABLE ${name} DROP CONSTRAINT ${constraint}`);
      await client.query(`ALTER TABLE ${name} DROP CONSTRAINT IF EXISTS ${closedConstraint(table)}`);
      for (const sql of ownIndexes(name)[table.table]) await client.query(sql);
      await client.query(
        `ALTER TABLE ${table.table} ATTACH PARTITION ${name} FOR VALUES FROM ('${month.fromId}') TO ('${month.toId}')`,
      );
      await client.query(`CREATE TRIGGER ${name}_no_truncate BEFORE TRUNCATE ON ${name}
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`);
    });
  } finally {
    await dropCheck(client, rest, constraint);
  }
}

/** Indexes that the table of all months cannot have, or that would lock the rest for long. */
const ownIndexes = (name: string): Record<MonthlyTable['table'], string[]> => ({
  // A page of a statement asks for tags of its requests: most have none.
  charge: [`CREATE INDEX ON ${name} (request_id) WHERE tags IS NOT NULL`],
  statement_line: [`ALTER TABLE ${name} ADD PRIMARY KEY (id)`],
  inbox: [],
});

/** Name of the constraint that refuses rows of compacted months. */
export const closedConstraint = ({ table }: MonthlyTable) => `${table}_month_is_closed`;
