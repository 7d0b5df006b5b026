import { startTestPostgres } from '@aggregator/testing';
import { requirePrograms } from './require-programs.mjs';

/** Integration tests meet the server of POSTGRES_URL; without one, those that need it fail and say so. */
export default async function setUp() {
  requirePrograms('Integration tests', ['pgbouncer', 'redis-server']);
  const url = process.env.POSTGRES_URL;
  if (url === undefined || url === '') delete process.env.TEST_POSTGRES_URL;
  else process.env.TEST_POSTGRES_URL = (await startTestPostgres(url)).url;
}
