import pg from 'pg';
import { type DatabaseConnection, toPoolOptions } from './pool-options.ts';

/**
 * Returns the names of the statements that have a row, all by one query. Without the objects of an ORM such a question costs
 * an idle process about a twentieth of the CPU time.
 * @param statements Each a `SELECT` without parameters, by its name: letters and `_`.
 */
export type FindRows = (statements: Readonly<Record<string, string>>) => Promise<ReadonlySet<string>>;

/** A pool for `PrismaPg`, and questions over the same bounded connections. Who takes the pool closes it. */
export function openPool(connection: DatabaseConnection): { readonly pool: pg.Pool; readonly findRows: FindRows } {
  const pool = new pg.Pool(toPoolOptions(connection));
  return {
    pool,
    async findRows(statements) {
      const columns = Object.entries(statements).map(([name, sql]) => `EXISTS (${sql}) AS "${name}"`);
      const { rows } = await pool.query<Record<string, boolean>>(`SELECT ${columns.join(', ')}`);
      return new Set(Object.keys(statements).filter((name) => rows[0]?.[name] === true));
    },
  };
}
