import { createTestDatabase } from '@aggregator/testing';
import pg from 'pg';
import { describeWorkQueue } from '../conformance.ts';
import type { SqlConnection } from '../port.ts';
import { createPostgresWorkQueue } from './postgres-work-queue.ts';

const toConnection = (client: pg.Pool | pg.PoolClient): SqlConnection => ({
  query: async (text, values) => (await client.query(text, [...values])).rows,
});

// The table is the one of auth.
describeWorkQueue('PostgreSQL', async (settings) => {
  const database = await createTestDatabase({ service: 'auth' });
  const pool = new pg.Pool({ connectionString: database.url, max: 8 });
  // `end` resolves before the last socket is closed, and the drop of the database ends such a one with an error.
  pool.on('error', () => undefined);
  const openAnother = () =>
    createPostgresWorkQueue({ ...settings, connection: toConnection(pool), queue: 'conformance' });
  return {
    queue: openAnother(),
    openAnother,
    async inTransaction(work) {
      const client = await pool.connect();
      try {
        await client.query('BEGIN');
        await work(toConnection(client));
        await client.query('COMMIT');
      } catch (error) {
        await client.query('ROLLBACK');
        throw error;
      } finally {
        client.release();
      }
    },
    async close() {
      await pool.end();
      await database.drop();
    },
  };
});
