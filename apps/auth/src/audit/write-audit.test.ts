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
    await write(database);
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

  it('lets nobody change, delete or empty it (I21)', async () => {
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
});
