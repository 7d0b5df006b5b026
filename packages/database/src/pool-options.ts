import type { PoolConfig } from 'pg';
import { prepareSession } from './prepare-session.ts';

/** Connection of a service to its database. */
export interface DatabaseConnection {
  /** Name of the service, as PostgreSQL's activity view shows it. */
  service: string;
  url: string;
  connectionsMax: number;
  /** Longest time for one statement. */
  statementTimeoutMs: number;
  /** Longest time for a transaction. */
  transactionTimeoutMs: number;
}

const connectTimeoutMs = 3000;
const idleTimeoutMs = 30_000;
/**
 * Extra wait of this side beyond the server's limit, so that the server's own error arrives first if it can.
 * Milliseconds.
 */
const answerMarginMs = 500;

/**
 * A bounded pool in which every wait has an end, on this side too: a server that hangs cannot keep the promise of
 * a statement timeout.
 */
export function toPoolOptions(connection: DatabaseConnection): PoolConfig {
  return {
    connectionString: connection.url,
    application_name: `aggregator-${connection.service}`,
    max: connection.connectionsMax,
    connectionTimeoutMillis: connectTimeoutMs,
    idleTimeoutMillis: idleTimeoutMs,
    query_timeout: connection.statementTimeoutMs + answerMarginMs,
    keepAlive: true,
    onConnect: (client) =>
      prepareSession(client, {
        statementTimeoutMs: connection.statementTimeoutMs,
        idleInTransactionTimeoutMs: connection.transactionTimeoutMs,
      }),
  };
}

/** Prisma's bounds on a transaction: how long it waits for a connection, and how long it may take. */
export function toTransactionOptions({ transactionTimeoutMs }: DatabaseConnection): {
  maxWait: number;
  timeout: number;
} {
  return { maxWait: connectTimeoutMs, timeout: transactionTimeoutMs };
}
