import type { SqlConnection } from './port.ts';

/** The part of a Prisma client, or of its transaction, that runs a given statement. */
interface RawQueries {
  $queryRawUnsafe<Rows>(text: string, ...values: unknown[]): Promise<Rows>;
}

/** Returns a database, or a transaction, as a work queue uses it. */
export function toSqlConnection(database: RawQueries): SqlConnection {
  return { query: (text, values) => database.$queryRawUnsafe(text, ...values) };
}
