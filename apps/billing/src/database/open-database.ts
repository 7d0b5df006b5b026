import { type DatabaseOptions, type OpenedDatabase, openPrisma } from '@aggregator/database';
import { PrismaPg } from '@prisma/adapter-pg';
import { type Prisma, PrismaClient } from '../generated/prisma/client.ts';

export type Database = PrismaClient;
/** The database inside a transaction. */
export type Transaction = Prisma.TransactionClient;

const bounds = { service: 'billing', statementTimeoutMs: 8000, transactionTimeoutMs: 20_000 };

export function openDatabase(options: DatabaseOptions): OpenedDatabase<Database> {
  return openPrisma({ ...bounds, ...options }, PrismaPg, (parts) => new PrismaClient(parts));
}

export function createDatabase(options: DatabaseOptions): Database {
  return openDatabase(options).database;
}

/**
 * Rows as the one parameter of a statement: `json_to_recordset(${toJsonRows(rows)}::json) AS row (…)`. A statement of many
 * rows then has one form, and PostgreSQL checks every value's type.
 */
export function toJsonRows(rows: readonly Readonly<Record<string, unknown>>[]): string {
  // A replacer of JSON.stringify is called for each nested value, and makes a large batch several times slower.
  return JSON.stringify(rows.map(toJsonRow));
}

/** Ids as one JSON value: a thousand rows of one id each cost their reader more. Null if there is none. */
export interface IdsRow {
  ids: string | null;
}

export function toIds([row]: readonly IdsRow[]): Set<string> {
  return new Set(JSON.parse(row?.ids ?? '[]') as string[]);
}

function toJsonRow(row: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const json: Record<string, unknown> = {};
  for (const name in row) {
    const value = row[name];
    json[name] = typeof value === 'bigint' ? value.toString() : value;
  }
  return json;
}
