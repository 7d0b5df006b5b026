import { createTestDatabase, type TestDatabase } from '@aggregator/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { toPoolOptions } from './pool-options.ts';

describe('a pool of a service', () => {
  let database: TestDatabase;
  let pool: pg.Pool;
  beforeAll(async () => {
    database = await createTestDatabase({ isEmpty: true });
    const limits = { connectionsMax: 2, statementTimeoutMs: 1234, transactionTimeoutMs: 5678 };
    pool = new pg.Pool(toPoolOptions({ service: 'billing', url: database.url, ...limits }));
    // As every service does: the server ends connections when the database is dropped.
    pool.on('error', () => undefined);
  });
  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

  it('reads and writes times in UTC when the database has another time zone', async () => {
    const other = new pg.Client({ connectionString: database.url });
    await other.connect();
    expect((await other.query('SHOW timezone')).rows).toEqual([{ TimeZone: 'Asia/Tokyo' }]);
    await other.end();

    const shown = await Promise.all([1, 2].map(() => pool.query('SHOW timezone')));
    expect(shown.map(({ rows }) => rows)).toEqual([[{ TimeZone: 'UTC' }], [{ TimeZone: 'UTC' }]]);
  });

  it('has the time limits of the service on every connection', async () => {
    const { rows } = await pool.query(
      `SELECT name, setting FROM pg_settings
       WHERE name IN ('statement_timeout', 'idle_in_transaction_session_timeout') ORDER BY name`,
    );
    expect(rows).toEqual([
      { name: 'idle_in_transaction_session_timeout', setting: '5678' },
      { name: 'statement_timeout', setting: '1234' },
    ]);
  });

  it('sends no setting in the startup packet, which poolers reject', () => {
    const options = toPoolOptions({
      ...{ service: 'billing', url: database.url, connectionsMax: 1, statementTimeoutMs: 1, transactionTimeoutMs: 1 },
    });
    for (const name of ['statement_timeout', 'idle_in_transaction_session_timeout', 'lock_timeout', 'options']) {
      expect(options).not.toHaveProperty(name);
    }
  });
});
