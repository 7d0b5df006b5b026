import { randomUUID } from 'node:crypto';
import { Client } from 'pg';

/** A database of a test's own on a real PostgreSQL server. */
export interface ScratchDatabase {
  url: string;
  /** Cuts every connection to the database but the ones that are used for this. */
  cutConnections(): Promise<void>;
  query(statement: string, values?: readonly unknown[]): Promise<Record<string, unknown>[]>;
  drop(): Promise<void>;
}

/** @param serverUrl a superuser's, on any database of the server. */
export async function createScratchDatabase(serverUrl: string): Promise<ScratchDatabase> {
  const name = `event_log_test_${randomUUID().replaceAll('-', '')}`;
  await runOnce(serverUrl, `CREATE DATABASE ${name}`);
  const url = new URL(serverUrl);
  url.pathname = name;
  return {
    url: url.href,
    async cutConnections() {
      await runOnce(serverUrl, 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [name]);
    },
    query: (statement, values) => runOnce(url.href, statement, values),
    async drop() {
      await runOnce(serverUrl, `DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}

async function runOnce(
  url: string,
  statement: string,
  values: readonly unknown[] = [],
): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(statement, [...values])).rows;
  } finally {
    await client.end();
  }
}
