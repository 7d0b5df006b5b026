import { fileURLToPath } from 'node:url';
import { ensureDatabase, migrateDatabase } from '@aggregator/database';
import { databaseName } from '@aggregator/service-kit';

const services = ['auth', 'provider-orchestrator', 'billing', 'analytics'] as const;

/** One database for each service that keeps data, and one for the event log, migrated. Answers what was applied. */
export async function prepareDatabases(serverUrl: string, prefix: string): Promise<string[]> {
  await ensureDatabase(serverUrl, databaseName('events', prefix));
  const applied = await Promise.all(
    services.map(async (service) => {
      const url = await ensureDatabase(serverUrl, databaseName(service, prefix));
      const result = await migrateDatabase({ url, migrationsDirectory: migrationsDirectory(service) });
      return result.applied.map((name) => `${service}/${name}`);
    }),
  );
  return applied.flat();
}

function migrationsDirectory(service: string): string {
  return fileURLToPath(new URL(`../../../prisma/${service}/migrations`, import.meta.url));
}
