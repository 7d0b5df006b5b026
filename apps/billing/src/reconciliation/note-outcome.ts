import { createHash } from 'node:crypto';
import type { ReconciliationKind } from '@aggregator/contracts';
import { createUuidV7 } from '@aggregator/service-kit';
import { installation, writeAudit } from '../audit/write-audit.ts';
import { type Database, type Transaction, toJsonRows } from '../database/open-database.ts';
import type { Found, Outcome } from './check.ts';

/** A run without news leaves a report so often at least. */
const reportEveryMs = 24 * 3_600_000;
/** Differences of one run that are kept; more are one fault, and the report has their number. */
const differencesMax = 1000;

/**
 * Keeps what a check found, and writes its report if something is new or the last report is a day old. The hash of the report is
 * in the audit, whose chain shows a change of either. Returns the differences that were never seen before.
 */
export function noteOutcome(db: Database, now: Date, kind: ReconciliationKind, outcome: Outcome): Promise<Found[]> {
  return db.$transaction(async (tx) => {
    const fresh = await keepDifferences(tx, now, kind, outcome.found.slice(0, differencesMax));
    if (fresh.length > 0 || (await isReportDue(tx, now, kind))) await writeReport(tx, now, kind, outcome);
    return fresh;
  });
}

async function keepDifferences(
  tx: Transaction,
  now: Date,
  kind: ReconciliationKind,
  found: readonly Found[],
): Promise<Found[]> {
  if (found.length === 0) return [];
  const unique = new Map(found.map((one) => [`${one.orgId} ${one.subject}`, one]));
  const rows = [...unique.values()].map((one) => ({ id: createUuidV7(now.getTime()), ...one }));
  const written = await tx.$queryRaw<{ id: string; isFresh: boolean }[]>`
    INSERT INTO reconciliation_difference AS present (id, kind, org_id, subject, details, first_seen_at, last_seen_at)
    SELECT id, ${kind}, "orgId", subject, details, ${now}::timestamptz, ${now}::timestamptz
    FROM json_to_recordset(${toJsonRows(rows)}::json) AS row (id uuid, "orgId" uuid, subject text, details jsonb)
    ORDER BY "orgId", subject
    ON CONFLICT (kind, org_id, subject) DO UPDATE SET last_seen_at = EXCLUDED.last_seen_at
    RETURNING id, first_seen_at = last_seen_at AS "isFresh"`;
  const freshIds = new Set(written.filter(({ isFresh }) => isFresh).map(({ id }) => id));
  return rows.filter(({ id }) => freshIds.has(id)).map(({ id: _, ...one }) => one);
}

async function isReportDue(tx: Transaction, now: Date, kind: ReconciliationKind): Promise<boolean> {
  const last = await tx.reconciliationReport.findFirst({ where: { kind }, orderBy: { id: 'desc' } });
  return last === null || now.getTime() - last.time.getTime() >= reportEveryMs;
}

async function writeReport(
  tx: Transaction,
  now: Date,
  kind: ReconciliationKind,
  { found, facts }: Outcome,
): Promise<void> {
  const id = createUuidV7(now.getTime());
  const body = JSON.stringify([id, kind, now.toISOString(), found.length, Object.entries(facts).sort()]);
  const hash = createHash('sha256').update(body).digest('hex');
  await tx.$executeRaw`
    INSERT INTO reconciliation_report (id, kind, differences, facts, hash, time)
    VALUES (${id}::uuid, ${kind}, ${found.length}::int, ${JSON.stringify(facts)}::jsonb, decode(${hash}, 'hex'),
      ${now}::timestamptz)`;
  await writeAudit(tx, now, installation, {
    ...{ organizationId: null, action: 'reconciliation_reported', subjectType: 'reconciliation_report', subjectId: id },
    details: { kind, differences: found.length, hash },
  });
}
