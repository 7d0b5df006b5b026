import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { createServiceDatabases } from './create-service-databases.ts';
import { createTestDatabase, type TestDatabase } from './create-test-database.ts';

const folder = mkdtempSync(join(tmpdir(), 'aggregator-migrations-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function writeMigrations(name: string, sql: string): string {
  const directory = join(folder, name);
  mkdirSync(join(directory, '20260101000000_first'), { recursive: true });
  writeFileSync(join(directory, '20260101000000_first', 'migration.sql'), sql);
  return directory;
}

async function ask(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

describe('createTestDatabase', () => {
  const opened: TestDatabase[] = [];
  const open = async (...of: Parameters<typeof createTestDatabase>) => {
    const database = await createTestDatabase(...of);
    opened.push(database);
    return database;
  };
  afterEach(async () => {
    for (const database of opened.splice(0)) await database.drop();
  });

  it('gives callers at the same moment a migrated database each, which the others do not see', async () => {
    const migrationsDirectory = writeMigrations('things', 'CREATE TABLE thing (id INTEGER)');

    const databases = await Promise.all([1, 2, 3].map(() => open({ migrationsDirectory })));
    for (const [index, { url }] of databases.entries()) await ask(url, `INSERT INTO thing VALUES (${index})`);

    const found = await Promise.all(databases.map(({ url }) => ask(url, 'SELECT id FROM thing')));
    expect(found).toEqual([[{ id: 0 }], [{ id: 1 }], [{ id: 2 }]]);
  });

  it('gives tables of the new migrations after these changed', async () => {
    await open({ migrationsDirectory: writeMigrations('changing', 'CREATE TABLE before (id INTEGER)') });
    const { url } = await open({ migrationsDirectory: writeMigrations('changing', 'CREATE TABLE after (id INTEGER)') });

    expect(await ask(url, "SELECT to_regclass('before') AS before, to_regclass('after')::text AS after")).toEqual([
      { before: null, after: 'after' },
    ]);
  });

  it('fails with the reason when a migration fails, and again for the next caller', async () => {
    const migrationsDirectory = writeMigrations('broken', 'CREATE TABLE broken (id NO_SUCH_TYPE)');

    await expect(open({ migrationsDirectory })).rejects.toThrow(/20260101000000_first failed.*no_such_type/);
    await expect(open({ migrationsDirectory })).rejects.toThrow(/20260101000000_first failed.*no_such_type/);
  });

  it('removes the database at drop, also while a client is connected to it', async () => {
    const database = await open({ isEmpty: true });
    const guest = new pg.Client({ connectionString: database.url });
    guest.on('error', () => undefined);
    await guest.connect();

    await database.drop();

    await expect(ask(database.url, 'SELECT 1')).rejects.toThrow(/does not exist/);
    await guest.end().catch(() => undefined);
  });
});

describe('createServiceDatabases', () => {
  it('names a migrated database for every service that keeps data, and one for the events', async () => {
    const { environment, drop } = await createServiceDatabases();
    try {
      expect(Object.keys(environment).sort()).toEqual([
        'ANALYTICS_DATABASE_URL',
        'AUTH_DATABASE_URL',
        'BILLING_DATABASE_URL',
        'EVENTS_DATABASE_URL',
        'PROVIDER_ORCHESTRATOR_DATABASE_URL',
      ]);
      expect(new Set(Object.values(environment)).size).toBe(5);
      expect(
        await ask(environment.BILLING_DATABASE_URL ?? '', 'SELECT 1 FROM _prisma_migrations LIMIT 1'),
      ).toHaveLength(1);
    } finally {
      await drop();
    }
  });
});
