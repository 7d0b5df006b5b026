import pg from 'pg';
import { withConnection } from './connect.ts';

const STATEMENT_TIMEOUT_MS = 60_000;
const ALREADY_EXISTS = ['42P04', '23505'];
const NO_SUCH_DATABASE = '3D000';

/** The URL of the database `name` on the server of `serverUrl`; user, password and options stay. */
export function databaseUrlFor(serverUrl: string, name: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${encodeURIComponent(name)}`;
  return url.toString();
}

/**
 * Makes the database unless it exists, and answers its URL. `serverUrl` names a database that exists, such as
 * `postgres`.
 */
export async function ensureDatabase(serverUrl: string, name: string): Promise<string> {
  await withConnection(serverUrl, STATEMENT_TIMEOUT_MS, async (client) => {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (rowCount === 0) await createUnlessRaced(client, name);
  });
  return databaseUrlFor(serverUrl, name);
}

/**
 * Makes the database that `url` names, unless it answers already; then the server's database `postgres` must let the
 * user in.
 */
export async function ensureDatabaseOf(url: string): Promise<void> {
  try {
    await withConnection(url, STATEMENT_TIMEOUT_MS, (client) => client.query('SELECT 1'));
  } catch (error) {
    if (!(error instanceof pg.DatabaseError && error.code === NO_SUCH_DATABASE)) throw error;
    await ensureDatabase(databaseUrlFor(url, 'postgres'), decodeURIComponent(new URL(url).pathname.slice(1)));
  }
}

async function createUnlessRaced(client: pg.Client, name: string): Promise<void> {
  try {
    await client.query(`CREATE DATABASE ${pg.escapeIdentifier(name)}`);
  } catch (error) {
    // Another process made it between our question and our order.
    if (!(error instanceof pg.DatabaseError && ALREADY_EXISTS.includes(error.code ?? ''))) throw error;
  }
}
