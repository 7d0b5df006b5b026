import { z } from 'zod';
import { toCanonicalJson } from './canonical-json.ts';
import { type AuditEntry, hashEntry } from './chain.ts';

/** Runs one statement with `$1…` parameters in the caller's transaction and returns its rows. */
export type RunSql = (sql: string, values: readonly unknown[]) => Promise<unknown>;

export const auditHead = z.object({ sequence: z.string().transform(BigInt), hash: z.string().length(64) });
export const readHeadSql = `SELECT sequence::text AS sequence, encode(hash, 'hex') AS hash FROM audit_head WHERE id = 1`;

const insertSql = `
  WITH head AS (UPDATE audit_head SET sequence = $2::text::bigint, hash = decode($14, 'hex') WHERE id = 1)
  INSERT INTO audit_entry (id, sequence, time, organization_id, actor_user_id, actor_key_id, actor_peer, action, subject_type,
    subject_id, request_id, details, prev_hash, hash)
  VALUES ($1::text::uuid, $2::text::bigint, $3::text::timestamptz, $4::text::uuid, $5::text::uuid, $6::text::uuid, $7, $8, $9,
    $10, $11, $12::text::jsonb, decode($13, 'hex'), decode($14, 'hex'))`;

/**
 * Appends an entry to the audit of the database, in the transaction of the change itself: neither exists without the
 * other. Locks the head of the chain until the transaction ends, so that entries have one order. Call it after every
 * other write of the transaction; a lock that is taken later could be held by a transaction that waits for the head.
 */
export async function appendAuditEntry(run: RunSql, entry: AuditEntry): Promise<void> {
  const [head] = z.tuple([auditHead]).parse(await run(`${readHeadSql} FOR UPDATE`, []));
  const sequence = head.sequence + 1n;
  const hash = hashEntry(head.hash, sequence, entry);
  await run(insertSql, [
    entry.id,
    sequence.toString(),
    entry.time.toISOString(),
    entry.organizationId,
    entry.actorUserId,
    entry.actorKeyId,
    entry.actorPeer,
    entry.action,
    entry.subjectType,
    entry.subjectId,
    entry.requestId,
    toCanonicalJson(entry.details),
    head.hash,
    hash,
  ]);
}
