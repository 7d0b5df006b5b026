export { databaseUrlFor, ensureDatabase, ensureDatabaseOf } from './ensure-database.ts';
export { type MigrateOptions, migrateDatabase } from './migrate-database.ts';
export { type DatabaseConnection, toPoolOptions, toTransactionOptions } from './pool-options.ts';
export { prepareSession, type SessionTimeouts } from './prepare-session.ts';
