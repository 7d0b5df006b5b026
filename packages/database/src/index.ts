export { databaseUrlFor, ensureDatabase, ensureDatabaseOf } from './ensure-database.ts';
export { type MigrateOptions, migrateDatabase } from './migrate-database.ts';
