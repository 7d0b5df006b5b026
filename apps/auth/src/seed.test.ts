import { createApiKey, isWellFormedApiKey } from '@aggregator/contracts';
import { createTestDatabase, type TestDatabase } from '@aggregator/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createDatabase, type Database } from './database/create-database.ts';
import { createKeyHasher, sha256Hex } from './keys/key-hasher.ts';
import { verifyPassword } from './passwords/hash-password.ts';
import { seed } from './seed.ts';

const options = {
  organizationName: 'My organisation',
  adminEmail: 'Admin@localhost.localdomain',
  adminPassword: 'a generated one',
  pepper: 'p'.repeat(43),
};

describe('seed', () => {
  let testDatabase: TestDatabase;
  let database: Database;
  beforeEach(async () => {
    testDatabase = await createTestDatabase({ service: 'auth' });
    database = createDatabase({ url: testDatabase.url, connectionsMax: 2, onError: () => undefined });
  });
  afterEach(async () => {
    await database.$disconnect();
    await testDatabase.drop();
  });

  it('makes an admin who can log in, and a key that calls models and reads, and changes nothing', async () => {
    const { organizationId, userId, apiKey } = await seed(testDatabase.url, options);

    const user = await database.user.findUniqueOrThrow({ where: { email: 'admin@localhost.localdomain' } });
    expect(user).toMatchObject({ id: userId, organizationId, isOperator: true });
    expect(await verifyPassword('a generated one', user.passwordHash ?? '')).toBe(true);
    expect(isWellFormedApiKey(apiKey ?? '')).toBe(true);
    const keyHmac = { in: createKeyHasher([options.pepper]).toHmacs(sha256Hex(apiKey ?? '')) };
    expect(await database.apiKey.findFirst({ where: { keyHmac } })).toMatchObject({
      organizationId,
      userId,
      scopes: ['ai:invoke', 'billing:read', 'usage:read'],
    });
    expect(await database.auditEntry.count()).toBe(2);
  });

  it('changes nothing the second time, also where several start together', async () => {
    const answers = await Promise.all([1, 2, 3].map(() => seed(testDatabase.url, options)));
    const again = await seed(testDatabase.url, {
      ...options,
      adminPassword: 'another one',
      organizationName: 'Another',
    });

    expect(answers.filter(({ apiKey }) => apiKey !== null)).toHaveLength(1);
    expect(again).toMatchObject({ userId: answers[0]?.userId, apiKey: null });
    expect(await database.organization.count()).toBe(1);
    expect(await database.user.count()).toBe(1);
    expect(await database.apiKey.count()).toBe(1);
    const { passwordHash } = await database.user.findFirstOrThrow();
    expect(await verifyPassword('a generated one', passwordHash ?? '')).toBe(true);
  });

  it('brings in the key it is given, once', async () => {
    const apiKey = createApiKey(new Uint8Array(32).fill(7));

    expect((await seed(testDatabase.url, { ...options, apiKey })).apiKey).toBe(apiKey);
    expect((await seed(testDatabase.url, { ...options, apiKey })).apiKey).toBeNull();

    expect(await database.apiKey.count()).toBe(1);
  });

  it('refuses a malformed key', async () => {
    await expect(seed(testDatabase.url, { ...options, apiKey: 'secret' })).rejects.toThrow('malformed');
    expect(await database.user.count()).toBe(0);
  });
});
