import { createHash, randomUUID } from 'node:crypto';
import { createTestDatabase, type TestDatabase } from '@aggregator/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { appendAuditEntry, type RunSql } from './append-entry.ts';
import type { AuditEntry } from './chain.ts';
import { verifyAudit } from './verify-audit.ts';

const entry = (subjectId = 'mock'): AuditEntry => ({
  id: randomUUID(),
  time: new Date('2026-03-04T05:06:07.089Z'),
  organizationId: randomUUID(),
  actorUserId: null,
  actorKeyId: randomUUID(),
  actorPeer: null,
  action: 'provider_updated',
  subjectType: 'provider',
  subjectId,
  requestId: null,
  details: { fields: ['concurrencyMax'], after: { concurrencyMax: 77, название: 'ё "1"' } },
});

describe('the chain of an audit', () => {
  let database: TestDatabase;
  let client: pg.Client;
  const run: RunSql = async (sql, values) => (await client.query(sql, [...values])).rows;
  const append = async (...entries: AuditEntry[]) => {
    await client.query('BEGIN');
    for (const one of entries) await appendAuditEntry(run, one);
    await client.query('COMMIT');
  };
  /** As the owner of the database can: past the triggers. */
  const tamper = async (sql: string) => {
    await client.query(`BEGIN; SET LOCAL session_replication_role = replica; ${sql}; COMMIT`);
  };

  beforeEach(async () => {
    database = await createTestDatabase({ service: 'billing' });
    client = new pg.Client({ connectionString: database.url });
    await client.connect();
    await append(entry(), entry(), entry());
    await append(entry());
  });
  afterEach(async () => {
    await client.end();
    await database.drop();
  });

  it('is whole when nothing was altered, also over more than one page', async () => {
    await append(...Array.from({ length: 1200 }, () => entry()));
    expect(await verifyAudit(database.url)).toMatchObject({ entries: 1204n, fault: null });
  });

  it('is whole when an id came in capitals: the database returns it in lower case (I21)', async () => {
    const [id, actorUserId, actorKeyId] = [randomUUID(), randomUUID(), randomUUID()].map((one) => one.toUpperCase());
    const organizationId = randomUUID().toUpperCase();
    await append({
      ...entry(),
      organizationId,
      id: id ?? '',
      actorUserId: actorUserId ?? '',
      actorKeyId: actorKeyId ?? '',
    });
    expect(await verifyAudit(database.url)).toMatchObject({ entries: 5n, fault: null });
  });

  it('is whole when nothing was ever audited', async () => {
    const empty = await createTestDatabase({ service: 'billing' });
    expect(await verifyAudit(empty.url)).toEqual({ entries: 0n, hash: '0'.repeat(64), fault: null });
    await empty.drop();
  });

  it('has one order when many transactions append at once (I21)', async () => {
    const clients = Array.from({ length: 5 }, () => new pg.Client({ connectionString: database.url }));
    await Promise.all(
      clients.map(async (one) => {
        await one.connect();
        for (let round = 0; round < 5; round += 1) {
          await one.query('BEGIN');
          await appendAuditEntry(async (sql, values) => (await one.query(sql, [...values])).rows, entry());
          await one.query(round === 2 ? 'ROLLBACK' : 'COMMIT');
        }
        await one.end();
      }),
    );
    expect(await verifyAudit(database.url)).toMatchObject({ entries: 24n, fault: null });
  });

  it.each([
    ['was changed', `UPDATE audit_entry SET details = '{"fields": []}' WHERE sequence = 2`, 'entry 2 .* was changed'],
    ['has another actor', `UPDATE audit_entry SET actor_key_id = NULL WHERE sequence = 3`, 'entry 3 .* was changed'],
    [
      'has another time',
      `UPDATE audit_entry SET time = time + interval '1 ms' WHERE sequence = 1`,
      'entry 1 .* was changed',
    ],
    ['was deleted in the middle', 'DELETE FROM audit_entry WHERE sequence = 2', 'entry 2 is missing'],
    ['was deleted at the beginning', 'DELETE FROM audit_entry WHERE sequence = 1', 'entry 1 is missing'],
    ['was deleted at the end', 'DELETE FROM audit_entry WHERE sequence = 4', 'entry 4 is missing'],
    [
      'was deleted and the later ones renumbered',
      'DELETE FROM audit_entry WHERE sequence = 2; UPDATE audit_entry SET sequence = sequence - 1 WHERE sequence > 2',
      'entry 2 .* does not follow',
    ],
    [
      'was added behind the head',
      `INSERT INTO audit_entry SELECT gen_random_uuid(), 5, time, organization_id, actor_user_id, actor_key_id, actor_peer,
         action, subject_type, subject_id, request_id, details, hash, hash FROM audit_entry WHERE sequence = 4`,
      'entry 5 .* was changed',
    ],
    ['vanished with the head', 'DELETE FROM audit_head', 'the head of the chain is missing'],
    ['was cut off by emptying the table', 'DELETE FROM audit_entry', 'entry 1 is missing'],
  ])('is broken when an entry %s, and the first broken one is named (I21)', async (_name, sql, fault) => {
    await tamper(sql);
    expect((await verifyAudit(database.url)).fault).toMatch(new RegExp(`^${fault}`));
  });

  it('is broken when an entry was rewritten together with its hash (I21)', async () => {
    const { rows } = await client.query(`SELECT encode(hash, 'hex') AS hash FROM audit_entry WHERE sequence = 2`);
    const other = createHash('sha256').update(String(rows[0].hash)).digest('hex');
    await tamper(`UPDATE audit_entry SET hash = decode('${other}', 'hex') WHERE sequence = 2`);
    expect((await verifyAudit(database.url)).fault).toMatch(/^entry 2 .* was changed/);
  });

  it('lets no session change, delete or empty it, or move its head back (I21)', async () => {
    await expect(client.query(`UPDATE audit_entry SET action = 'x'`)).rejects.toThrow('append-only');
    await expect(client.query('DELETE FROM audit_entry')).rejects.toThrow('append-only');
    await expect(client.query('TRUNCATE audit_entry')).rejects.toThrow('append-only');
    await expect(client.query('UPDATE audit_head SET sequence = sequence - 1')).rejects.toThrow('one entry');
    await expect(client.query('DELETE FROM audit_head')).rejects.toThrow('one entry');
    await expect(client.query('TRUNCATE audit_head')).rejects.toThrow('one entry');
  });
});
