import { PrismaPg } from '@prisma/adapter-pg';
import { type Prisma, PrismaClient } from '../generated/prisma/client.ts';

export type Database = PrismaClient;
/** The database inside a transaction. */
export type Transaction = Prisma.TransactionClient;

const connectTimeoutMs = 3000;
const statementTimeoutMs = 8000;
const transactionTimeoutMs = 20_000;

/**
 * A bounded pool on the database of billing. Every wait has an end, on this side too: a server that hangs cannot keep the
 * promise of its own statement timeout.
 */
export function openDatabase(options: {
  url: string;
  connectionsMax: number;
  onError(error: unknown): void;
}): Database {
  const adapter = new PrismaPg(
    {
      connectionString: options.url,
      application_name: 'aggregator-billing',
      max: options.connectionsMax,
      connectionTimeoutMillis: connectTimeoutMs,
      idleTimeoutMillis: 30_000,
      statement_timeout: statementTimeoutMs,
      query_timeout: statementTimeoutMs + 500,
      idle_in_transaction_session_timeout: 60_000,
      keepAlive: true,
    },
    { onPoolError: options.onError, onConnectionError: options.onError },
  );
  return new PrismaClient({
    adapter,
    errorFormat: 'minimal',
    transactionOptions: { maxWait: connectTimeoutMs, timeout: transactionTimeoutMs },
  });
}

/**
 * Rows as the one parameter of a statement: `json_to_recordset(${toJsonRows(rows)}::json) AS row (…)`. A statement of many
 * rows then has one form, and PostgreSQL checks every value's type.
 */
export function toJsonRows(rows: readonly Readonly<Record<string, unknown>>[]): string {
  return JSON.stringify(rows, (_name, value: unknown) => (typeof value === 'bigint' ? value.toString() : value));
}
