import pg from 'pg';
import { prepareSession } from './prepare-session.ts';

export type Connection = pg.Client;

const CONNECT_TIMEOUT_MS = 10_000;

/**
 * Runs `work` with one connection that is closed afterwards. Every statement is cut after `statementTimeoutMs`: by the
 * server, and a second later from here, in case the server is the one that hangs.
 */
export async function withConnection<T>(
  url: string,
  statementTimeoutMs: number,
  work: (client: Connection) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: statementTimeoutMs + 1_000,
    keepAlive: true,
  });
  // A connection that dies between two statements fails the next one; unheard, its event would end the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await prepareSession(client, { statementTimeoutMs });
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}
