import type pg from 'pg';
import { z } from 'zod';
import { withConnection } from '../connect.ts';
import { auditHead, readHeadSql } from './append-entry.ts';
import type { AuditDetail } from './canonical-json.ts';
import { genesisHash, hashEntry } from './chain.ts';

const statementTimeoutMs = 60_000;
const pageSize = 1000;

const detail: z.ZodType<AuditDetail> = z.lazy(() =>
  z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(detail), z.record(z.string(), detail)]),
);
const row = z.object({
  sequence: z.string().transform(BigInt),
  id: z.string(),
  time: z.date(),
  organizationId: z.string().nullable(),
  actorUserId: z.string().nullable(),
  actorKeyId: z.string().nullable(),
  actorPeer: z.string().nullable(),
  action: z.string(),
  subjectType: z.string(),
  subjectId: z.string(),
  requestId: z.string().nullable(),
  details: z.record(z.string(), detail),
  prevHash: z.string(),
  hash: z.string(),
});
type Row = z.output<typeof row>;

const pageSql = `
  SELECT sequence::text AS sequence, id::text AS id, time, organization_id::text AS "organizationId",
    actor_user_id::text AS "actorUserId", actor_key_id::text AS "actorKeyId", actor_peer AS "actorPeer", action,
    subject_type AS "subjectType", subject_id AS "subjectId", request_id AS "requestId", details,
    encode(prev_hash, 'hex') AS "prevHash", encode(hash, 'hex') AS hash
  FROM audit_entry WHERE audit_entry.sequence > $1::text::bigint ORDER BY audit_entry.sequence LIMIT ${pageSize}`;

export interface AuditVerdict {
  /** Entries that follow from one another, from the first one on. */
  readonly entries: bigint;
  /** Hex hash of the last of these. A copy that is kept elsewhere shows a chain that was rewritten as a whole. */
  readonly hash: string;
  /** The first place at which the chain is broken; null if it is whole. */
  readonly fault: string | null;
}

/**
 * Recomputes the chain of a database's audit from its first entry to its head, as of one moment. Finds an entry that
 * was changed, inserted or deleted, also at the end. Throws if the database cannot be read.
 */
export async function verifyAudit(databaseUrl: string): Promise<AuditVerdict> {
  return await withConnection(databaseUrl, statementTimeoutMs, async (client) => {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const heads = z.array(auditHead).parse((await client.query(readHeadSql)).rows);
    const walked = await walk(client);
    if (walked.fault !== null) return walked;
    const fault = judgeHead(walked, heads[0]);
    return { ...walked, fault };
  });
}

async function walk(client: pg.Client): Promise<AuditVerdict> {
  let [entries, hash] = [0n, genesisHash];
  for (;;) {
    const { rows } = await client.query(pageSql, [entries.toString()]);
    for (const entry of z.array(row).parse(rows)) {
      const fault = judgeEntry(entry, entries, hash);
      if (fault !== null) return { entries, hash, fault };
      [entries, hash] = [entry.sequence, entry.hash];
    }
    if (rows.length < pageSize) return { entries, hash, fault: null };
  }
}

function judgeEntry(entry: Row, before: bigint, hashBefore: string): string | null {
  const { sequence, id, prevHash, hash } = entry;
  if (sequence !== before + 1n) return `entry ${before + 1n} is missing`;
  if (prevHash !== hashBefore) return `entry ${sequence} (${id}) does not follow from the entry before it`;
  if (hashEntry(prevHash, sequence, entry) !== hash) return `entry ${sequence} (${id}) was changed`;
  return null;
}

/** The head keeps the number and the hash of the last entry, so that a deletion at the end is found. */
function judgeHead({ entries, hash }: AuditVerdict, head: z.output<typeof auditHead> | undefined): string | null {
  if (head === undefined) return 'the head of the chain is missing';
  if (head.sequence > entries)
    return `entry ${entries + 1n} is missing: the head of the chain is entry ${head.sequence}`;
  if (head.sequence < entries) return `entry ${head.sequence + 1n} was added behind the head of the chain`;
  return head.hash === hash ? null : `entry ${entries} has another hash than the head of the chain`;
}
