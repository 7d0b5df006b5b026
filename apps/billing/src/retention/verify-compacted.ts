import { type Connection, toCanonicalJson } from '@aggregator/database';
import { z } from 'zod';
import type { ExportStore } from './export-store.ts';
import { readTotalsHash, sumTotals } from './totals.ts';

const exportedFile = z.object({ name: z.string(), rows: z.number(), bytes: z.number(), sha256: z.string() });
const compacted = z.object({
  ...{ month: z.string(), requests: z.string(), charged: z.string(), hash: z.string(), files: z.array(exportedFile) },
  audited: z.unknown(),
  moved: z.string(),
});

export interface CompactedMonth {
  readonly month: string;
  readonly requests: string;
  /** What differs; empty if all is whole. */
  readonly faults: readonly string[];
}

/** The compacted month that follows another one, the first one after the last; null if there is none. */
export async function nextCompacted(client: Connection, after: string): Promise<string | null> {
  const { rows } = await client.query<{ month: string }>(
    `SELECT month FROM compacted_month WHERE state = 'compacted' ORDER BY month <= $1, month LIMIT 1`,
    [after],
  );
  return rows[0]?.month ?? null;
}

/**
 * Compares each compacted month with what the audit's chain says of it: its totals, their hash and the hashes of its files. Compares
 * the totals also with the transfers, which are kept.
 * @param store Null: the files are not read.
 * @param month This one alone.
 */
export async function verifyCompacted(
  client: Connection,
  store: ExportStore | null,
  month: string | null = null,
): Promise<CompactedMonth[]> {
  const { rows } = await client.query(
    `SELECT month, requests::text, charged::text, encode(totals_hash, 'hex') AS hash, files,
       (SELECT details FROM audit_entry WHERE subject_type = 'month' AND subject_id = month AND action = 'month_compacted'
        ORDER BY sequence DESC LIMIT 1) AS audited,
       (SELECT coalesce(sum(amount), 0)::text FROM transfer
        WHERE request_id >= from_id AND request_id < to_id AND reason IN ('charge', 'charge_overrun')) AS moved
     FROM compacted_month WHERE state = 'compacted' AND ($1::text IS NULL OR month = $1) ORDER BY month`,
    [month],
  );
  const months: CompactedMonth[] = [];
  for (const row of z.array(compacted).parse(rows)) {
    const { requests, charged, hash, files, moved } = row;
    const faults: string[] = [];
    const compare = (what: string, found: string, expected: string) => {
      if (found !== expected) faults.push(`${what}: ${found}, expected ${expected}`);
    };
    const totals = await sumTotals(client, row.month);
    compare('requests', totals.requests, requests);
    compare('charged', totals.charged, charged);
    compare('transfers', moved, charged);
    compare('totals', await readTotalsHash(client, row.month), hash);
    const facts = { requests, chargedNanoUsd: charged, totalsHash: hash, files };
    compare(
      'audit',
      row.audited === null ? 'no entry' : toCanonicalJson(z.json().parse(row.audited)),
      toCanonicalJson(facts),
    );
    for (const { name, sha256 } of store === null ? [] : files) {
      const found = await store?.digest(name).catch((error: unknown) => ({ sha256: String(error) }));
      compare(name, found?.sha256 ?? '', sha256);
    }
    months.push({ month: row.month, requests, faults });
  }
  return months;
}
