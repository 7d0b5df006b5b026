import pg from 'pg';
import { TEMPLATE_PREFIX, TEST_PREFIX } from './create-test-database.ts';

const TIMEOUT_MS = 30_000;
/** No test run takes longer than this. */
const OLD_AFTER_S = 3_600;
const TEMPLATES_MAX = 16;

/**
 * Drops what killed test runs left on the server: `all` if no other run can be at work, else only what is `old`.
 * Templates are kept for the next run until there are many of them.
 */
export async function removeLeftovers(serverUrl: string, which: 'all' | 'old'): Promise<void> {
  const client = new pg.Client({
    connectionString: serverUrl,
    query_timeout: TIMEOUT_MS,
    connectionTimeoutMillis: TIMEOUT_MS,
  });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>('SELECT datname AS name FROM pg_database');
    const names = rows.map((row) => row.name);
    const oldest = which === 'all' ? Number.POSITIVE_INFINITY : Date.now() / 1_000 - OLD_AFTER_S;
    const tests = names.filter((name) => name.startsWith(TEST_PREFIX) && secondsOf(name) < oldest);
    const templates = names.filter((name) => name.startsWith(TEMPLATE_PREFIX));
    const unneeded = which === 'all' && templates.length > TEMPLATES_MAX ? templates : [];
    for (const name of unneeded) await client.query(`ALTER DATABASE ${pg.escapeIdentifier(name)} IS_TEMPLATE false`);
    for (const name of [...tests, ...unneeded]) {
      await client.query(`DROP DATABASE IF EXISTS ${pg.escapeIdentifier(name)} WITH (FORCE)`);
    }
  } finally {
    await client.end();
  }
}

const secondsOf = (name: string) => Number(name.slice(TEST_PREFIX.length).split('_')[0]);
