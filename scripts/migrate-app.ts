// Entry of `migrate.mjs` in the image of a service with a database: creates the database if it is missing and brings it
// to the newest migration. Run it before the service, once per release.
import { fileURLToPath } from 'node:url';
import { ensureDatabaseOf, migrateDatabase } from '@aggregator/database';
import { completeEnvironment, processEnvironment } from '@aggregator/service-kit';

/** Put in by the bundler. */
declare const __APP__: string;

const name = `${__APP__.toUpperCase().replaceAll('-', '_')}_DATABASE_URL`;
const url = completeEnvironment(processEnvironment())[name];
if (url === undefined) {
  console.error(`${name} (or DATABASE_URL) is not set.`);
  process.exit(1);
}
await ensureDatabaseOf(url);
const { applied } = await migrateDatabase({
  url,
  migrationsDirectory: fileURLToPath(new URL('./migrations', import.meta.url)),
});
const database = decodeURIComponent(new URL(url).pathname.slice(1));
console.log(applied.length === 0 ? `${database}: nothing to do` : `${database}: ${applied.join(', ')}`);
