/**
 * Role of reads for one organisation. Row-level security shows it the rows of that organisation alone, and no rows if
 * none is set. Other roles, such as that of the service, see and write all rows: consumers and sweeps work on many
 * organisations.
 */
export const tenantRole = 'aggregator_tenant';

const isTableSql = `relkind IN ('r', 'p') AND relnamespace = current_schema()::regnamespace`;
const nameSql = `oid::regclass::text`;

/** Runs one statement with its values; returns the rows. */
export type AskRows = (sql: string, ...values: readonly string[]) => Promise<unknown>;

/**
 * Makes the role, and lets it read the tables of this database; what is there already stays. It reads no partition,
 * because the policy of the whole table does not hold there. A user that may not create roles leaves it out: an
 * administrator of the server creates it then, and the next migration lets it read.
 */
export const tenantRoleStatements: readonly string[] = [
  `DO $$ BEGIN
     IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${tenantRole}') THEN CREATE ROLE ${tenantRole} NOLOGIN; END IF;
   EXCEPTION WHEN insufficient_privilege OR duplicate_object OR unique_violation THEN NULL; END $$`,
  `DO $$ BEGIN
     IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${tenantRole}') THEN RETURN; END IF;
     IF NOT pg_has_role(current_user, '${tenantRole}', 'USAGE') THEN
       EXECUTE format('GRANT ${tenantRole} TO %I', current_user);
     END IF;
   EXCEPTION WHEN insufficient_privilege OR duplicate_object OR unique_violation THEN NULL; END $$`,
  `DO $$ DECLARE unreadable TEXT; readable TEXT; BEGIN
     IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${tenantRole}') THEN RETURN; END IF;
     IF NOT has_schema_privilege('${tenantRole}', current_schema(), 'USAGE') THEN
       EXECUTE format('GRANT USAGE ON SCHEMA %I TO ${tenantRole}', current_schema());
     END IF;
     FOR unreadable IN SELECT ${nameSql} FROM pg_class WHERE ${isTableSql} AND NOT relispartition
         AND NOT has_table_privilege('${tenantRole}', oid, 'SELECT')
     LOOP EXECUTE format('GRANT SELECT ON %s TO ${tenantRole}', unreadable); END LOOP;
     FOR readable IN SELECT ${nameSql} FROM pg_class WHERE ${isTableSql} AND relispartition
         AND has_table_privilege('${tenantRole}', oid, 'SELECT')
     LOOP EXECUTE format('REVOKE SELECT ON %s FROM ${tenantRole}', readable); END LOOP;
   EXCEPTION WHEN insufficient_privilege THEN NULL; END $$`,
];

/** Returns whether this user can read as the role. */
export async function isTenantRoleReady(ask: AskRows): Promise<boolean> {
  const rows = await ask(
    `SELECT 1 FROM pg_roles WHERE rolname = '${tenantRole}' AND pg_has_role(current_user, pg_roles.oid, 'USAGE')
       AND NOT EXISTS (SELECT FROM pg_class WHERE ${isTableSql} AND NOT relispartition
         AND NOT has_table_privilege('${tenantRole}', pg_class.oid, 'SELECT'))`,
  );
  return Array.isArray(rows) && rows.length > 0;
}

/**
 * Takes the role until the transaction ends. Nothing is written from then on, and only rows of the organisation are
 * read.
 */
export async function limitToTenant(ask: AskRows, organizationId: string): Promise<void> {
  await ask(
    `SELECT set_config('app.organization', $1, true), set_config('role', '${tenantRole}', true)`,
    organizationId,
  );
}
