import {
  AppError,
  type JudgeDifferenceRequest,
  type ReconciliationDifferencePage,
  type ReconciliationKind,
  type ReconciliationReportPage,
  reconciliationDifference,
  reconciliationKinds,
  reconciliationReport,
} from '@aggregator/contracts';
import { toPage } from '@aggregator/service-kit';
import { type Actor, writeAudit } from '../audit/write-audit.ts';
import type { Database } from '../database/open-database.ts';

interface Page {
  cursor?: string | undefined;
  limit: number;
}

const behind = (cursor: string | undefined) => (cursor === undefined ? {} : { id: { lt: cursor } });

/** Differences, newest first, from behind `cursor` (the id of the last one seen); of one state if given. */
export async function listDifferences(
  db: Database,
  { state, cursor, limit }: Page & { state?: 'open' | 'judged' | undefined },
): Promise<ReconciliationDifferencePage> {
  const rows = await db.reconciliationDifference.findMany({
    where: { ...(state !== undefined && { state }), ...behind(cursor) },
    orderBy: { id: 'desc' },
    take: limit + 1,
  });
  const show = ({ orgId, firstSeenAt, lastSeenAt, judgedAt, ...row }: (typeof rows)[number]) =>
    reconciliationDifference.parse({
      ...{ ...row, organizationId: orgId },
      ...{ firstSeenAt: firstSeenAt.toISOString(), lastSeenAt: lastSeenAt.toISOString() },
      judgedAt: judgedAt?.toISOString() ?? null,
    });
  return toPage(rows, limit, ({ id }) => id, show);
}

/** Reports of checks, newest first. */
export async function listReports(db: Database, { cursor, limit }: Page): Promise<ReconciliationReportPage> {
  const rows = await db.reconciliationReport.findMany({
    where: behind(cursor),
    orderBy: { id: 'desc' },
    take: limit + 1,
  });
  const show = ({ time, hash, ...row }: (typeof rows)[number]) =>
    reconciliationReport.parse({ ...row, time: time.toISOString(), hash: Buffer.from(hash).toString('hex') });
  return toPage(rows, limit, ({ id }) => id, show);
}

/**
 * Closes a difference by the verdict of a person; invoices of its organisation are issued again once none is open.
 * @throws {AppError} `not_found`; `conflict` if it was judged before.
 */
export async function judgeDifference(
  db: Database,
  { id, now, actor, ...judgement }: JudgeDifferenceRequest & { id: string; now: Date; actor: Actor },
): Promise<void> {
  const { verdict, note } = judgement;
  await db.$transaction(async (tx) => {
    const row = await tx.reconciliationDifference.findUnique({ where: { id } });
    if (row === null) throw new AppError('not_found');
    const judged = await tx.$executeRaw`
      UPDATE reconciliation_difference SET state = 'judged', verdict = ${verdict}, note = ${note},
        judged_at = ${now}::timestamptz
      WHERE id = ${id}::uuid AND state = 'open'`;
    if (judged === 0) throw new AppError('conflict');
    await writeAudit(tx, now, actor, {
      ...{ organizationId: row.orgId, action: 'difference_judged', subjectType: 'difference', subjectId: id },
      details: { kind: row.kind, subject: row.subject, verdict, note },
    });
  });
}

/** Has a row if a difference waits for a person. */
export const openDifferences = `SELECT FROM reconciliation_difference WHERE state = 'open'`;

/** Returns how many wait for a person, of each kind. */
export async function countOpenDifferences(db: Database): Promise<Record<ReconciliationKind, number>> {
  const rows = await db.reconciliationDifference.groupBy({ by: ['kind'], where: { state: 'open' }, _count: true });
  const counts = new Map(rows.map(({ kind, _count }) => [kind, _count]));
  return toEachKind((kind) => counts.get(kind) ?? 0);
}

/** The result of `countOpenDifferences` if none is open. */
export const noDifferences = toEachKind(() => 0);

function toEachKind(count: (kind: ReconciliationKind) => number): Record<ReconciliationKind, number> {
  const entries = reconciliationKinds.map((kind) => [kind, count(kind)] as const);
  return Object.fromEntries(entries) as Record<ReconciliationKind, number>;
}
