import { createTestDatabase } from '@aggregator/testing';
import pg from 'pg';
import type { OpenQueue } from '../conformance.ts';
import type { SqlConnection } from '../port.ts';

const toConnection = (client: pg.Pool | pg.PoolClient): SqlConnection => ({
  query: async (text, values) => (await client.query(text, [...values])).rows,
});

/** A separate database with the table of jobs, which is the one of auth. */
export async function openTable(): Promise<{ connection: SqlConnection } & Pick<OpenQueue, 'inTransaction' | 'close'>> {
  const database = await createTestDatabase({ service: 'auth' });
  const pool = new pg.Pool({ connectionString: database.url, max: 8 });
  // `end` resolves before the last socket is closed, and the drop of the database ends such a one with an error.
  pool.on('error', () => undefined);
  return {
    connection: toConnection(pool),
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
}
