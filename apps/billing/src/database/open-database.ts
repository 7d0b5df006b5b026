import { type FindRows, openPool, toTransactionOptions } from '@aggregator/database';
import { PrismaPg } from '@prisma/adapter-pg';
import { type Prisma, PrismaClient } from '../generated/prisma/client.ts';

export type Database = PrismaClient;
/** The database inside a transaction. */
export type Transaction = Prisma.TransactionClient;

/** The service's own database: a bounded pool in which every wait has an end. */
export function openDatabase(options: DatabaseOptions): Database {
  return openDatabaseAndQuestions(options).database;
}

interface DatabaseOptions {
  url: string;
  connectionsMax: number;
  onError(error: unknown): void;
  /** 8 seconds if absent; commands that read all of a large ledger need more. */
  statementTimeoutMs?: number;
}

/** The same, and cheap questions over the same connections. */
export function openDatabaseAndQuestions(options: DatabaseOptions): { database: Database; findRows: FindRows } {
  const connection = { statementTimeoutMs: 8000, ...options, service: 'billing', transactionTimeoutMs: 20_000 };
  const onErrors = { onPoolError: options.onError, onConnectionError: options.onError };
  const { pool, findRows } = openPool(connection);
  const database = new PrismaClient({
    adapter: new PrismaPg(pool, { ...onErrors, disposeExternalPool: true }),
    errorFormat: 'minimal',
    transactionOptions: toTransactionOptions(connection),
  });
  return { database, findRows };
}

/**
 * Rows as the one parameter of a statement: `json_to_recordset(${toJsonRows(rows)}::json) AS row (…)`. A statement of many
 * rows then has one form, and PostgreSQL checks every value's type.
 */
export function toJsonRows(rows: readonly Readonly<Record<string, unknown>>[]): string {
  // A replacer of JSON.stringify is called for each nested value, and makes a large batch several times slower.
  return JSON.stringify(rows.map(toJsonRow));
}

function toJsonRow(row: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const json: Record<string, unknown> = {};
  for (const name in row) {
    const value = row[name];
    json[name] = typeof value === 'bigint' ? value.toString() : value;
  }
  return json;
}
