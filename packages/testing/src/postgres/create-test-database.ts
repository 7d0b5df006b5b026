import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { databaseUrlFor, migrateDatabase } from '@aggregator/database';
import pg from 'pg';
import { readServerUrl } from './config.ts';

export const TEST_PREFIX = 'aggregator_test_';
export const TEMPLATE_PREFIX = 'aggregator_template_';
const STATEMENT_TIMEOUT_MS = 60_000;
const CONNECT_TIMEOUT_MS = 10_000;
/** Far from UTC, as a server of a company may be: every test sees whether a time depends on it. */
const TIME_ZONE = 'Asia/Tokyo';

export const databaseServices = ['auth', 'provider-orchestrator', 'billing', 'analytics'] as const;
export type DatabaseService = (typeof databaseServices)[number];

/** First content of the database: the tables of a service, of a folder of migrations, or none. */
export type TestDatabaseContent = { service: DatabaseService } | { migrationsDirectory: string } | { isEmpty: true };

export interface TestDatabase {
  url: string;
  /** Closes open connections, and removes the database. */
  drop(): Promise<void>;
}

/**
 * A migrated database without rows for one test file, in some tens of milliseconds: a copy of a template that is
 * migrated once for each state of the migrations, whichever test file comes first.
 * @throws Error when TEST_POSTGRES_URL is not set: the unit tier sets it by itself, the integration tier takes
 * POSTGRES_URL.
 */
export async function createTestDatabase(content: TestDatabaseContent): Promise<TestDatabase> {
  const serverUrl = readServerUrl();
  const name = `${TEST_PREFIX}${Math.floor(Date.now() / 1_000)}_${randomBytes(6).toString('hex')}`;
  await withClient(serverUrl, async (client) => {
    const template = 'isEmpty' in content ? 'template0' : await ensureTemplate(client, serverUrl, directoryOf(content));
    await client.query(`CREATE DATABASE ${name} TEMPLATE ${template}`);
    await client.query(`ALTER DATABASE ${name} SET timezone = '${TIME_ZONE}'`);
  });
  const drop = () =>
    withClient(serverUrl, async (client) => {
      await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    });
  return { url: databaseUrlFor(serverUrl, name), drop };
}

function directoryOf(content: Exclude<TestDatabaseContent, { isEmpty: true }>): string {
  if ('migrationsDirectory' in content) return content.migrationsDirectory;
  return fileURLToPath(new URL(`../../../../prisma/${content.service}/migrations`, import.meta.url));
}

/** The name of the migrated template. Only one that is complete is marked as a template; test processes take turns. */
async function ensureTemplate(client: pg.Client, serverUrl: string, migrationsDirectory: string): Promise<string> {
  const digest = digestOf(migrationsDirectory);
  const name = `${TEMPLATE_PREFIX}${digest}`;
  const lock = Number.parseInt(digest.slice(0, 12), 16);
  await client.query('SELECT pg_advisory_lock($1)', [lock]);
  try {
    const { rows } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1 AND datistemplate', [name]);
    if (rows.length > 0) return name;
    await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    await client.query(`CREATE DATABASE ${name} TEMPLATE template0`);
    await migrateDatabase({ url: databaseUrlFor(serverUrl, name), migrationsDirectory });
    await client.query(`ALTER DATABASE ${name} IS_TEMPLATE true`);
    return name;
  } finally {
    await client.query('SELECT pg_advisory_unlock($1)', [lock]);
  }
}

function digestOf(migrationsDirectory: string): string {
  const hash = createHash('sha256');
  for (const entry of readdirSync(migrationsDirectory, { withFileTypes: true }).sort(byName)) {
    if (!entry.isDirectory()) continue;
    hash.update(`${entry.name}\0`).update(readFileSync(join(migrationsDirectory, entry.name, 'migration.sql')));
  }
  return hash.digest('hex').slice(0, 24);
}

const byName = (left: { name: string }, right: { name: string }) => (left.name < right.name ? -1 : 1);

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: STATEMENT_TIMEOUT_MS,
  });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
