import { startTestPostgres } from '@aggregator/testing';

/** Gives the unit tests a PostgreSQL server: the one of POSTGRES_URL, or an embedded one for the length of this run. */
export default async function setUp() {
  const postgres = await startTestPostgres(process.env.POSTGRES_URL);
  process.env.TEST_POSTGRES_URL = postgres.url;
  globalThis[Symbol.for('aggregator.test-postgres')] = postgres;
}
