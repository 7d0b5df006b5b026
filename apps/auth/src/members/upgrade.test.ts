import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { migrateDatabase } from '@aggregator/database';
import { createTestDatabase } from '@aggregator/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';

const migrations = fileURLToPath(new URL('../../../../prisma/auth/migrations', import.meta.url));
const newMigration = '20261130152633_memberships';
const hash = '$argon2id$v=19$m=1,t=1,p=1$x$y';

describe('the migration to memberships', () => {
  let before: string;
  beforeAll(async () => {
    before = await mkdtemp(join(tmpdir(), 'auth-migrations-'));
    const isOlder = (path: string) => path === migrations || relative(migrations, path) < newMigration;
    await cp(migrations, before, { recursive: true, filter: isOlder });
  });
  afterAll(() => rm(before, { recursive: true }));

  it('makes owners, developers and operators of the users of before, and of those that old processes still make', async () => {
    const database = await createTestDatabase({ isEmpty: true });
    await migrateDatabase({ url: database.url, migrationsDirectory: before });
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    const add = (role: string) =>
      client.query(
        `WITH "org" AS (INSERT INTO "organization" ("id", "name", "created_at") VALUES (gen_random_uuid(), $1, now()) RETURNING "id")
         INSERT INTO "user" ("id", "organization_id", "email", "name", "password_hash", "role", "created_at")
         SELECT gen_random_uuid(), "id", $1 || '@x.example', $1, '${hash}', $2::"role", now() FROM "org"`,
        [`${role}${Math.random()}`, role],
      );
    for (const role of ['admin', 'owner', 'member']) await add(role);

    await migrateDatabase({ url: database.url, migrationsDirectory: migrations });
    await add('owner');

    const { rows } = await client.query(`
      SELECT "user"."role"::text AS "before", "membership"."role"::text AS "after", "is_operator"
      FROM "user" JOIN "membership" ON "user_id" = "user"."id" AND "membership"."organization_id" = "user"."organization_id"
      ORDER BY 1, "user"."created_at"`);
    expect(rows.map(({ before: was, after, is_operator: isOperator }) => [was, after, isOperator])).toEqual([
      ['admin', 'owner', true],
      ['member', 'developer', false],
      ['owner', 'owner', false],
      ['owner', 'owner', false],
    ]);
    await client.end();
    await database.drop();
  });
});
