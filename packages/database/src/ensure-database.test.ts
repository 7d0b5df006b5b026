import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { databaseUrlFor, ensureDatabase, ensureDatabaseOf } from './ensure-database.ts';

const serverUrl = process.env.TEST_POSTGRES_URL ?? '';

async function ask(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

describe('ensureDatabase', () => {
  it('makes the database once, also when many ask at the same moment, and keeps what is in it', async () => {
    const name = `ensure "${randomBytes(4).toString('hex')}"`;
    try {
      const [url = ''] = await Promise.all([1, 2, 3, 4].map(() => ensureDatabase(serverUrl, name)));
      await ask(url, 'CREATE TABLE kept (id INTEGER)');

      expect(await ensureDatabase(serverUrl, name)).toBe(url);
      expect(await ask(url, 'SELECT current_database() AS name, count(*)::int AS rows FROM kept')).toEqual([
        { name, rows: 0 },
      ]);
    } finally {
      await ask(serverUrl, `DROP DATABASE IF EXISTS ${pg.escapeIdentifier(name)} WITH (FORCE)`);
    }
  });

  it('reports the reason when the server cannot be reached', async () => {
    await expect(ensureDatabase('postgresql://guest@127.0.0.1:1/postgres', 'any')).rejects.toThrow(/ECONNREFUSED/);
  });
});

describe('ensureDatabaseOf', () => {
  it('makes the database that a URL names, and keeps one that is there', async () => {
    const name = `ensure_${randomBytes(4).toString('hex')}`;
    const url = databaseUrlFor(serverUrl, name);
    try {
      await ensureDatabaseOf(url);
      await ask(url, 'CREATE TABLE kept (id INTEGER)');
      await ensureDatabaseOf(url);
      expect(await ask(url, 'SELECT current_database() AS name, count(*)::int AS rows FROM kept')).toEqual([
        { name, rows: 0 },
      ]);
    } finally {
      await ask(serverUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    }
  });

  it('does not take a refused password for a missing database', async () => {
    const url = new URL(databaseUrlFor(serverUrl, 'any'));
    url.password = 'wrong';
    await expect(ensureDatabaseOf(url.toString())).rejects.toThrow(/authentication failed/);
  });
});

describe('databaseUrlFor', () => {
  it('changes the database and keeps the server, the user, the password and the options', () => {
    expect(databaseUrlFor('postgresql://me:p%40ss@db.example:5433/postgres?sslmode=require', 'a/b')).toBe(
      'postgresql://me:p%40ss@db.example:5433/a%2Fb?sslmode=require',
    );
  });
});
