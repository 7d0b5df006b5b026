export { appendAuditEntry, type RunSql } from './audit/append-entry.ts';
export { type AuditDetail, toCanonicalJson } from './audit/canonical-json.ts';
export type { AuditEntry } from './audit/chain.ts';
export { type AuditVerdict, verifyAudit } from './audit/verify-audit.ts';
export { type Connection, withConnection } from './connect.ts';
export { databaseUrlFor, ensureDatabase, ensureDatabaseOf } from './ensure-database.ts';
export { isBareDriverError } from './is-bare-driver-error.ts';
export { type MigrateOptions, migrateDatabase } from './migrate-database.ts';
export {
  type DatabaseOptions,
  type FindRows,
  type OpenedDatabase,
  openPrisma,
  type QueryRows,
} from './open-database.ts';
export { type DatabaseConnection, toPoolOptions, toTransactionOptions } from './pool-options.ts';
export { prepareSession, type SessionTimeouts } from './prepare-session.ts';
export { isUniqueViolation, readSqlState } from './sql-state.ts';
export { createTenantReader, type ReadAsTenant } from './tenant-reader.ts';
export { type AskRows, isTenantRoleReady, limitToTenant } from './tenant-role.ts';
