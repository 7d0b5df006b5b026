import type { ClientBase } from 'pg';

/** Longest times on the server's side, in milliseconds. */
export interface SessionTimeouts {
  readonly statementTimeoutMs: number;
  /** The longest wait of a transaction for its client between two statements; absent for no limit. */
  readonly idleInTransactionTimeoutMs?: number;
}

/**
 * Sets the time zone and the time limits of a new session, in one round trip. Statements, because poolers such as
 * PgBouncer reject these settings in the startup packet. UTC, because the driver sends and reads times without an
 * offset: in a session of another time zone every time would be shifted. PgBouncer restores the time zone of each
 * client; the time limits belong to the server's connection, so every wait has a limit on the client's side as well.
 */
export async function prepareSession(client: ClientBase, timeouts: SessionTimeouts): Promise<void> {
  const { statementTimeoutMs, idleInTransactionTimeoutMs = 0 } = timeouts;
  await client.query(
    `SET TIME ZONE 'UTC';
     SET statement_timeout = ${Math.floor(statementTimeoutMs)};
     SET idle_in_transaction_session_timeout = ${Math.floor(idleInTransactionTimeoutMs)}`,
  );
}
