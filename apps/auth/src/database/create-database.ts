import { type DatabaseOptions, type OpenedDatabase, openPrisma } from '@aggregator/database';
import { PrismaPg } from '@prisma/adapter-pg';
import { type Prisma, PrismaClient } from '../generated/prisma/client.ts';

export type Database = PrismaClient;
/** The database inside a transaction. */
export type Transaction = Prisma.TransactionClient;

const bounds = { service: 'auth', statementTimeoutMs: 5000, transactionTimeoutMs: 10_000 };

export function openDatabase(options: DatabaseOptions): OpenedDatabase<Database> {
  return openPrisma({ ...bounds, ...options }, PrismaPg, (parts) => new PrismaClient(parts));
}

export function createDatabase(options: DatabaseOptions): Database {
  return openDatabase(options).database;
}
