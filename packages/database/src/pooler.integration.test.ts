import { join } from 'node:path';
import { createTestDatabase, type Pooler, startPooler, type TestDatabase } from '@aggregator/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { migrateDatabase } from './migrate-database.ts';
import { toPoolOptions } from './pool-options.ts';

const migrationsDirectory = join(import.meta.dirname, '../../../prisma/billing/migrations');

describe('a database behind PgBouncer in transaction mode', () => {
  let pooler: Pooler;
  let database: TestDatabase;
  beforeAll(async () => {
    pooler = await startPooler(process.env.POSTGRES_URL ?? '');
    database = await createTestDatabase({ isEmpty: true });
  });
  afterAll(async () => {
    await database?.drop();
    await pooler?.stop();
  });

  it('is migrated once when several processes migrate at once', async () => {
    const url = pooler.urlOf(database.url);
    const results = await Promise.all([1, 2, 3].map(() => migrateDatabase({ url, migrationsDirectory })));
    const names = results.flatMap(({ applied }) => applied);
    expect(new Set(names).size).toBe(names.length);
    expect(names.length).toBeGreaterThan(0);
  });

  it('keeps times in UTC for every client when clients share connections', async () => {
    const url = pooler.urlOf(database.url);
    const limits = { connectionsMax: 10, statementTimeoutMs: 5000, transactionTimeoutMs: 5000 };
    const pool = new pg.Pool(toPoolOptions({ service: 'billing', url, ...limits }));
    const foreign = new pg.Pool({ connectionString: url, max: 10 });
    try {
      const zones: unknown[] = [];
      for (let round = 0; round < 10; round += 1) {
        // The others' sessions keep the time zone of the database, on the same connections.
        const asked = await Promise.all(
          Array.from({ length: 10 }, async () => {
            await foreign.query('SELECT 1');
            return (await pool.query('SHOW timezone')).rows[0]?.TimeZone;
          }),
        );
        zones.push(...asked);
      }
      expect(new Set(zones)).toEqual(new Set(['UTC']));
    } finally {
      await Promise.all([pool.end(), foreign.end()]);
    }
  });
});
