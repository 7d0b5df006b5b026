import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestDatabase, type TestDatabase } from '@aggregator/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { migrateDatabase } from './migrate-database.ts';

const FIRST = '20260101000000_first';
const SECOND = '20260102000000_second';
const ANY = expect.any(Date);

describe('migrateDatabase', () => {
  let database: TestDatabase;
  let client: pg.Client;
  let migrationsDirectory: string;

  beforeEach(async () => {
    database = await createTestDatabase({ isEmpty: true });
    client = new pg.Client({ connectionString: database.url });
    await client.connect();
    migrationsDirectory = mkdtempSync(join(tmpdir(), 'aggregator-migrations-'));
    writeFileSync(join(migrationsDirectory, 'migration_lock.toml'), 'provider = "postgresql"\n');
  });
  afterEach(async () => {
    await client.end();
    await database.drop();
    rmSync(migrationsDirectory, { recursive: true, force: true });
  });

  const write = (name: string, sql: string) => {
    mkdirSync(join(migrationsDirectory, name), { recursive: true });
    writeFileSync(join(migrationsDirectory, name, 'migration.sql'), sql);
  };
  const migrate = () => migrateDatabase({ url: database.url, migrationsDirectory });
  const rows = async (sql: string) => (await client.query(sql)).rows;
  const tables = async () =>
    (await rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")).map((row) => row.tablename);

  it('applies what is missing in the order of the names, and nothing twice', async () => {
    write(SECOND, 'INSERT INTO first_table VALUES (1);\nCREATE TABLE second_table (id INTEGER);');
    write(FIRST, 'CREATE TABLE first_table (id INTEGER);');
    const reported: string[] = [];

    const options = { url: database.url, migrationsDirectory, onApplied: (name: string) => void reported.push(name) };
    expect(await migrateDatabase(options)).toEqual({ applied: [FIRST, SECOND] });
    expect(reported).toEqual([FIRST, SECOND]);

    write('20260103000000_third', 'INSERT INTO first_table VALUES (2);');
    expect(await migrate()).toEqual({ applied: ['20260103000000_third'] });
    expect(await migrate()).toEqual({ applied: [] });
    expect(await rows('SELECT id FROM first_table ORDER BY id')).toEqual([{ id: 1 }, { id: 2 }]);
  });

  it("records a migration as Prisma's command line does", async () => {
    const sql = 'CREATE TABLE first_table (id INTEGER);';
    write(FIRST, sql);
    await migrate();

    expect(await rows('SELECT * FROM _prisma_migrations')).toEqual([
      {
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        checksum: createHash('sha256').update(sql).digest('hex'),
        finished_at: ANY,
        migration_name: FIRST,
        logs: null,
        rolled_back_at: null,
        started_at: ANY,
        applied_steps_count: 1,
      },
    ]);
  });

  it('lets any number of processes migrate at once, and each step happen once', async () => {
    write(FIRST, 'CREATE TABLE first_table (id INTEGER); SELECT pg_sleep(0.05); INSERT INTO first_table VALUES (1);');

    const results = await Promise.all([migrate(), migrate(), migrate()]);

    expect(results.flatMap(({ applied }) => applied)).toEqual([FIRST]);
    expect(await rows('SELECT id FROM first_table')).toEqual([{ id: 1 }]);
  });

  it('leaves nothing of a migration that fails half-way, keeps those before it, and continues when it is repaired', async () => {
    write(FIRST, 'CREATE TABLE first_table (id INTEGER);');
    write(SECOND, 'CREATE TABLE second_table (id INTEGER); INSERT INTO first_table VALUES (1); SELECT no_such_thing;');

    await expect(migrate()).rejects.toThrow(
      `Migration ${SECOND} failed and was undone: column "no_such_thing" does not exist`,
    );
    expect(await tables()).toEqual(['_prisma_migrations', 'first_table']);
    expect(await rows('SELECT id FROM first_table')).toEqual([]);

    write(SECOND, 'CREATE TABLE second_table (id INTEGER);');
    expect(await migrate()).toEqual({ applied: [SECOND] });
  });

  it('leaves nothing of a migration that cannot be recorded', async () => {
    write(
      FIRST,
      'CREATE TABLE first_table (id INTEGER); ALTER TABLE _prisma_migrations ADD COLUMN x INTEGER NOT NULL;',
    );

    await expect(migrate()).rejects.toThrow(`Migration ${FIRST} failed and was undone`);
    expect(await tables()).toEqual(['_prisma_migrations']);
  });

  it('refuses when an applied migration was changed afterwards', async () => {
    write(FIRST, 'CREATE TABLE first_table (id INTEGER);');
    await migrate();
    write(FIRST, 'CREATE TABLE first_table (id BIGINT);');
    write(SECOND, 'CREATE TABLE second_table (id INTEGER);');

    await expect(migrate()).rejects.toThrow(`Migration ${FIRST} was changed after it was applied`);
    expect(await tables()).not.toContain('second_table');
  });

  it('refuses while a failed migration is recorded, and continues once that is marked as undone', async () => {
    write(FIRST, 'CREATE TABLE first_table (id INTEGER);');
    await migrate();
    await client.query('DROP TABLE first_table');
    await client.query('UPDATE _prisma_migrations SET finished_at = NULL');

    await expect(migrate()).rejects.toThrow(`Migration ${FIRST} is recorded as started but not finished`);

    await client.query('UPDATE _prisma_migrations SET rolled_back_at = now()');
    expect(await migrate()).toEqual({ applied: [FIRST] });
  });

  it('lets an older release start on a newer database', async () => {
    write(FIRST, 'CREATE TABLE first_table (id INTEGER);');
    write(SECOND, 'CREATE TABLE second_table (id INTEGER);');
    await migrate();
    rmSync(join(migrationsDirectory, SECOND), { recursive: true });

    expect(await migrate()).toEqual({ applied: [] });
  });

  it('gives up within its time when a migration, or the process that holds the lock, hangs', async () => {
    write(FIRST, 'SELECT pg_sleep(60);');
    const impatient = { url: database.url, migrationsDirectory, statementTimeoutMs: 100 };
    await expect(migrateDatabase(impatient)).rejects.toThrow(/statement timeout/);

    write(FIRST, 'SELECT 1;');
    await client.query('SELECT pg_advisory_lock(72707369)');
    await expect(migrateDatabase(impatient)).rejects.toThrow(/statement timeout/);
    await client.query('SELECT pg_advisory_unlock(72707369)');
    expect(await migrate()).toEqual({ applied: [FIRST] });
  });
});
