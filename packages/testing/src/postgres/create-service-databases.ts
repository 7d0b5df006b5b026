import { createTestDatabase, databaseServices, type TestDatabase } from './create-test-database.ts';

export interface ServiceDatabases {
  /** `AUTH_DATABASE_URL` and so on, as the services read them, and `EVENTS_DATABASE_URL`. */
  environment: Record<string, string>;
  drop(): Promise<void>;
}

/** A migrated database for every service that keeps data, and an empty one for the event log. */
export async function createServiceDatabases(): Promise<ServiceDatabases> {
  const opened: TestDatabase[] = [];
  const environment: Record<string, string> = {};
  const drop = async () => {
    await Promise.all(opened.map((database) => database.drop()));
  };
  try {
    for (const name of [...databaseServices, 'events'] as const) {
      const database = await createTestDatabase(name === 'events' ? { isEmpty: true } : { service: name });
      opened.push(database);
      environment[`${name.toUpperCase().replaceAll('-', '_')}_DATABASE_URL`] = database.url;
    }
  } catch (error) {
    await drop();
    throw error;
  }
  return { environment, drop };
}
