import { toPoolOptions, toTransactionOptions } from '@aggregator/database';
import { PrismaPg } from '@prisma/adapter-pg';
import { type Prisma, PrismaClient } from '../generated/prisma/client.ts';

export type Database = PrismaClient;
/** The database inside a transaction. */
export type Transaction = Prisma.TransactionClient;

/** The service's own database: a bounded pool in which every wait has an end. */
export function createDatabase(options: {
  url: string;
  connectionsMax: number;
  onError(error: unknown): void;
}): Database {
  const connection = { ...options, service: 'analytics', statementTimeoutMs: 5000, transactionTimeoutMs: 10_000 };
  const onErrors = { onPoolError: options.onError, onConnectionError: options.onError };
  return new PrismaClient({
    adapter: new PrismaPg(toPoolOptions(connection), onErrors),
    errorFormat: 'minimal',
    transactionOptions: toTransactionOptions(connection),
  });
}
