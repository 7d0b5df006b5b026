import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { withConnection } from './connect.ts';
import { type Migration, readMigrations } from './read-migrations.ts';
import { tenantRoleStatements } from './tenant-role.ts';

/** Prisma's own number for it: its command line and this runner keep out of each other's way. */
const ADVISORY_LOCK = 72707369;
const STATEMENT_TIMEOUT_MS = 300_000;
/** The longest wait of a migration for a table that is in use; every other session on that table waits behind it. */
const LOCK_TIMEOUT_MS = 15_000;

const CREATE_HISTORY = `
CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id                  VARCHAR(36) PRIMARY KEY NOT NULL,
  checksum            VARCHAR(64) NOT NULL,
  finished_at         TIMESTAMPTZ,
  migration_name      VARCHAR(255) NOT NULL,
  logs                TEXT,
  rolled_back_at      TIMESTAMPTZ,
  started_at          TIMESTAMPTZ NOT NULL DEFAULT now(),
  applied_steps_count INTEGER NOT NULL DEFAULT 0
)`;

interface HistoryRow {
  migration_name: string;
  checksum: string;
  is_finished: boolean;
}

export interface MigrateOptions {
  url: string;
  /** Holds `<timestamp>_<name>/migration.sql`, as Prisma lays them out. */
  migrationsDirectory: string;
  /** Called after each migration that was applied now, with its name. */
  onApplied?: (name: string) => void;
  /** Longest time for one migration, and for the wait while another process migrates. */
  statementTimeoutMs?: number;
}

/**
 * Applies what is missing, oldest name first, each in a separate transaction that also records it: a migration is there
 * wholly or not at all. Any number of processes may call it at once. Migrations in the database that the directory does
 * not know are left alone, so that an older release can start on a newer database.
 * @throws Error when an applied migration was changed afterwards, when a failed one is recorded, or when one fails.
 */
export async function migrateDatabase(options: MigrateOptions): Promise<{ applied: string[] }> {
  const { url, migrationsDirectory, onApplied, statementTimeoutMs = STATEMENT_TIMEOUT_MS } = options;
  const migrations = await readMigrations(migrationsDirectory);
  return withConnection(url, statementTimeoutMs, async (client) => {
    await inLockedTransaction(client, () => client.query(CREATE_HISTORY));
    const applied: string[] = [];
    for (;;) {
      const name = await inLockedTransaction(client, () => applyNext(client, migrations));
      if (name === null) break;
      applied.push(name);
      onApplied?.(name);
    }
    await inLockedTransaction(client, () => prepareTenantRole(client));
    return { applied };
  });
}

/**
 * Runs `work` in a transaction that no other process which migrates has at the same time. The lock belongs to the
 * transaction and not to the session, because a pooler gives the session's next transaction another connection.
 */
async function inLockedTransaction<T>(client: pg.Client, work: () => Promise<T>): Promise<T> {
  await client.query('BEGIN');
  try {
    await client.query('SELECT pg_advisory_xact_lock($1)', [ADVISORY_LOCK]);
    await client.query(`SET LOCAL lock_timeout = ${LOCK_TIMEOUT_MS}`);
    const result = await work();
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

async function prepareTenantRole(client: pg.Client): Promise<void> {
  for (const statement of tenantRoleStatements) await client.query(statement);
}

async function readHistory(client: pg.Client): Promise<HistoryRow[]> {
  const { rows } = await client.query<HistoryRow>(
    `SELECT migration_name, checksum, finished_at IS NOT NULL AS is_finished
       FROM _prisma_migrations WHERE rolled_back_at IS NULL ORDER BY started_at`,
  );
  return rows;
}

function selectMissing(migrations: readonly Migration[], history: readonly HistoryRow[]): Migration[] {
  const failed = history.find((row) => !row.is_finished);
  if (failed !== undefined) {
    throw new Error(
      `Migration ${failed.migration_name} is recorded as started but not finished. Repair the database by hand, then set ` +
        'finished_at (it is applied) or rolled_back_at (it is undone) of its row in _prisma_migrations.',
    );
  }
  const checksums = new Map(history.map((row) => [row.migration_name, row.checksum]));
  for (const { name, checksum } of migrations) {
    if ((checksums.get(name) ?? checksum) === checksum) continue;
    throw new Error(
      `Migration ${name} was changed after it was applied. Restore its file, and write a new migration instead.`,
    );
  }
  return migrations.filter(({ name }) => !checksums.has(name));
}

/** Applies the first migration that is missing and returns its name; null if none is. */
async function applyNext(client: pg.Client, migrations: readonly Migration[]): Promise<string | null> {
  const [next] = selectMissing(migrations, await readHistory(client));
  if (next === undefined) return null;
  const { name, sql, checksum } = next;
  try {
    await client.query(sql);
    await client.query(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
       VALUES ($1, $2, $3, now(), clock_timestamp(), 1)`,
      [randomUUID(), checksum, name],
    );
    return name;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`Migration ${name} failed and was undone: ${reason}`, { cause });
  }
}
