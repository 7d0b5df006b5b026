/**
 * Returns the names of tables that have no policy of row-level security, sorted. Partitions are left out: they are read
 * through the whole table, and its policy holds.
 * @param ask Runs one statement; returns the rows.
 */
export async function findUncoveredTables(ask: (sql: string) => Promise<unknown>): Promise<string[]> {
  const rows = await ask(`
    SELECT relname AS name FROM pg_class
    WHERE relkind IN ('r', 'p') AND NOT relispartition AND relnamespace = current_schema()::regnamespace
      AND NOT (relrowsecurity AND EXISTS (SELECT FROM pg_policy WHERE polrelid = pg_class.oid))`);
  return (rows as { name: string }[]).map(({ name }) => name).sort();
}
