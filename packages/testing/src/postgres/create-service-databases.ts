import { createTestDatabase, databaseServices, type TestDatabase } from './create-test-database.ts';

/** A migrated database for every service that keeps data. */
export interface ServiceDatabases {
  /** `AUTH_DATABASE_URL` and so on, as the services read them. */
  environment: Record<string, string>;
  drop(): Promise<void>;
}

export async function createServiceDatabases(): Promise<ServiceDatabases> {
  const databases: TestDatabase[] = [];
  const environment: Record<string, string> = {};
  for (const service of databaseServices) {
    const database = await createTestDatabase({ service });
    databases.push(database);
    environment[`${service.toUpperCase().replaceAll('-', '_')}_DATABASE_URL`] = database.url;
  }
  return {
    environment,
    async drop() {
      await Promise.all(databases.map((database) => database.drop()));
    },
  };
}
