import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { migrateDatabase, verifyAudit } from '@aggregator/database';
import { createTestDatabase, type TestDatabase } from '@aggregator/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createDatabase, type Database } from '../database/create-database.ts';
import { writeAudit } from './write-audit.ts';

describe('the audit', () => {
  let testDatabase: TestDatabase;
  let database: Database;
  const organizationId = crypto.randomUUID();
  const write = (transaction: Parameters<typeof writeAudit>[0]) =>
    writeAudit(
      transaction,
      new Date(0),
      { userId: null, keyId: null, requestId: 'r'.repeat(500) },
      {
        organizationId,
        action: 'user_created',
        subjectType: 'user',
        subjectId: organizationId,
      },
    );

  beforeAll(async () => {
    testDatabase = await createTestDatabase({ service: 'auth' });
    database = createDatabase({ url: testDatabase.url, connectionsMax: 2, onError: () => undefined });
    await database.$transaction(write);
  });
  afterAll(async () => {
    await database.$disconnect();
    await testDatabase.drop();
  });

  it('keeps what was written, cut to a bounded size', async () => {
    expect(await database.auditEntry.findMany()).toEqual([
      expect.objectContaining({
        organizationId,
        action: 'user_created',
        requestId: 'r'.repeat(100),
        time: new Date(0),
      }),
    ]);
  });

  it('rejects each change, deletion and truncation (I21)', async () => {
    await expect(database.auditEntry.updateMany({ data: { action: 'nothing' } })).rejects.toThrow('append-only');
    await expect(database.auditEntry.deleteMany()).rejects.toThrow('append-only');
    await expect(database.$executeRaw`TRUNCATE "audit_entry"`).rejects.toThrow('append-only');
    expect(await database.auditEntry.count()).toBe(1);
  });

  it('has no entry of a change that was undone (I21)', async () => {
    const undone = database.$transaction(async (transaction) => {
      await write(transaction);
      throw new Error('the change failed');
    });
    await expect(undone).rejects.toThrow('the change failed');
    expect(await database.auditEntry.count()).toBe(1);
  });

  it('is a chain, and names the first entry that was altered (I21)', async () => {
    expect(await verifyAudit(testDatabase.url)).toMatchObject({ entries: 1n, fault: null });
    await database.$executeRawUnsafe(`DO $$ BEGIN
      SET LOCAL session_replication_role = replica;
      UPDATE "audit_entry" SET "action" = 'nothing';
    END $$`);
    expect((await verifyAudit(testDatabase.url)).fault).toMatch(/^entry 1 .* was changed/);
  });
});

describe('the migration to a chain', () => {
  it('binds the entries that were written before it (I21)', async () => {
    const migrations = fileURLToPath(new URL('../../../../prisma/auth/migrations/', import.meta.url));
    const folder = mkdtempSync(join(tmpdir(), 'auth-migrations-'));
    const earlier = readdirSync(migrations).filter((name) => name < '20261130123501_audit_chain');
    for (const name of earlier) cpSync(join(migrations, name), join(folder, name), { recursive: true });
    const empty = await createTestDatabase({ isEmpty: true });
    try {
      await migrateDatabase({ url: empty.url, migrationsDirectory: folder });
      const before = createDatabase({ url: empty.url, connectionsMax: 1, onError: () => undefined });
      await before.$executeRaw`
        INSERT INTO "audit_entry" ("id", "time", "organization_id", "action", "subject_type", "subject_id", "request_id", "details")
        SELECT gen_random_uuid(), '2026-01-02T03:04:05.006+03', gen_random_uuid(), 'user_created', 'user', gen_random_uuid(),
          'ü"', '{"scopes": ["a", "б"], "n": 3, "long": {"bb": null, "a": true}}' FROM generate_series(1, 12)`;
      await before.$disconnect();

      await migrateDatabase({ url: empty.url, migrationsDirectory: migrations });

      expect(await verifyAudit(empty.url)).toMatchObject({ entries: 12n, fault: null });
    } finally {
      rmSync(folder, { recursive: true });
      await empty.drop();
    }
  });
});
