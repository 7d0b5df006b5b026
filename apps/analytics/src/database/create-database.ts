import { PrismaPg } from '@prisma/adapter-pg';
import { type Prisma, PrismaClient } from '../generated/prisma/client.ts';

export type Database = PrismaClient;
/** The database inside a transaction. */
export type Transaction = Prisma.TransactionClient;

const connectTimeoutMs = 3000;
const statementTimeoutMs = 5000;
const transactionTimeoutMs = 10_000;

/**
 * A bounded pool on the database of analytics. Every wait has an end, on this side too: a server that hangs cannot keep the
 * promise of its own statement timeout.
 */
export function createDatabase(options: {
  url: string;
  connectionsMax: number;
  onError(error: unknown): void;
}): Database {
  const adapter = new PrismaPg(
    {
      connectionString: options.url,
      application_name: 'aggregator-analytics',
      max: options.connectionsMax,
      connectionTimeoutMillis: connectTimeoutMs,
      idleTimeoutMillis: 30_000,
      statement_timeout: statementTimeoutMs,
      query_timeout: statementTimeoutMs + 500,
      idle_in_transaction_session_timeout: transactionTimeoutMs,
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
