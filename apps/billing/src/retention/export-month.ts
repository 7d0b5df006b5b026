import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { Connection } from '@aggregator/database';
import type { ExportStore, StoredFile } from './export-store.ts';
import { type LedgerMonth, type MonthlyTable, monthlyTables } from './months.ts';

/** Rows in memory at a time. */
const pageSize = 2000;

export interface ExportedFile {
  readonly name: string;
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
}

/** Writes each table of a month as compressed lines of JSON, in the order of ids: `2026-11/charge.jsonl.gz`. */
export async function exportMonth(client: Connection, month: LedgerMonth, store: ExportStore): Promise<ExportedFile[]> {
  const files: ExportedFile[] = [];
  for (const table of monthlyTables) {
    const name = `${month.name}/${table.table}.jsonl.gz`;
    const count = { rows: 0 };
    let stored: StoredFile | null = null;
    await pipeline(Readable.from(readLines(client, table, month, count)), createGzip(), async (chunks) => {
      stored = await store.write(name, chunks);
    });
    if (stored === null) throw new Error(`${name} was not written`);
    files.push({ name, ...(stored as StoredFile), ...count });
  }
  return files;
}

async function* readLines(
  client: Connection,
  { table, key, type }: MonthlyTable,
  month: LedgerMonth,
  count: { rows: number },
) {
  let [after, operator] = [month.fromId, '>='];
  for (;;) {
    const { rows } = await client.query<{ key: string; line: string }>(
      `SELECT ${key}::text AS key, row_to_json(${table})::text AS line FROM ${table}
       WHERE ${key} ${operator} $1::${type} AND ${key} < $2::${type} ORDER BY ${key} LIMIT ${pageSize}`,
      [after, month.toId],
    );
    const last = rows.at(-1);
    if (last === undefined) return;
    [after, operator] = [last.key, '>'];
    count.rows += rows.length;
    yield rows.map(({ line }) => `${line}\n`).join('');
  }
}
