import type { Connection } from '@aggregator/database';

/**
 * Runs `work` in a transaction, in which no lock is waited for longer than five seconds. The limit ends with the transaction, since a
 * pooler gives the connection to others then.
 */
export async function inTransaction<T>(client: Connection, work: () => Promise<T>): Promise<T> {
  await client.query(`BEGIN; SET LOCAL lock_timeout = '5s'`);
  try {
    const result = await work();
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  }
}

/** Gives a table a check for new rows, in place of one of that name. Rows that are there are not read. */
export async function replaceCheck(client: Connection, table: string, name: string, check: string): Promise<void> {
  await client.query(`ALTER TABLE ${table} DROP CONSTRAINT IF EXISTS ${name}`);
  await client.query(`ALTER TABLE ${table} ADD CONSTRAINT ${name} CHECK (${check}) NOT VALID`);
}
