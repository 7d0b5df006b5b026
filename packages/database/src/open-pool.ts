import pg from 'pg';
import { type DatabaseConnection, toPoolOptions } from './pool-options.ts';

/**
 * Returns true if a statement has a row. Without the objects of an ORM such a question costs an idle process about a twentieth
 * of the CPU time.
 * @param sql A `SELECT` without parameters.
 */
export type HasRows = (sql: string) => Promise<boolean>;

/** A pool for `PrismaPg`, and questions over the same bounded connections. Who takes the pool closes it. */
export function openPool(connection: DatabaseConnection): { readonly pool: pg.Pool; readonly hasRows: HasRows } {
  const pool = new pg.Pool(toPoolOptions(connection));
  return {
    pool,
    async hasRows(sql) {
      const { rows } = await pool.query<{ found: boolean }>(`SELECT EXISTS (${sql}) AS found`);
      return rows[0]?.found === true;
    },
  };
}
