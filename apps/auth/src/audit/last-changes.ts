import type { LastChange } from '@aggregator/contracts';
import { z } from 'zod';
import type { Database, Transaction } from '../database/create-database.ts';
import type { AuditedChange } from './audited-change.ts';

const never: LastChange = { changedBy: null, changedByName: null, changedAt: null };
const stored = z.array(
  z.object({
    subjectId: z.string(),
    changedBy: z.string().nullable(),
    changedByName: z.string().nullable(),
    changedAt: z.date().transform((time) => time.toISOString()),
  }),
);

/**
 * Returns who changed each resource last. The audit has every change in the transaction of the change itself, so that no row
 * keeps a second copy of it. The name is that of a member of the organisation, and of no outsider.
 */
export async function readLastChanges(
  database: Database | Transaction,
  organizationId: string | null,
  subjectType: AuditedChange['subjectType'],
  ids: readonly string[],
): Promise<(id: string) => LastChange> {
  if (ids.length === 0) return () => never;
  const rows = await database.$queryRaw`
    SELECT subject.id AS "subjectId", entry.actor_user_id::text AS "changedBy", entry.time AS "changedAt",
      (SELECT "user".name FROM "user" JOIN membership ON membership.user_id = "user".id
        WHERE "user".id = entry.actor_user_id AND membership.organization_id = entry.organization_id) AS "changedByName"
    FROM unnest(${[...ids]}::text[]) AS subject(id) CROSS JOIN LATERAL (
      SELECT actor_user_id, time, organization_id FROM audit_entry
      WHERE subject_type = ${subjectType} AND subject_id = subject.id
        AND (${organizationId}::uuid IS NULL OR organization_id = ${organizationId}::uuid)
      ORDER BY sequence DESC LIMIT 1) AS entry`;
  const byId = new Map(stored.parse(rows).map(({ subjectId, ...change }) => [subjectId, change]));
  return (id) => byId.get(id) ?? never;
}

/** Returns each row as `show` shows it, with its last change. */
export async function withLastChanges<Row, Shown>(
  rows: readonly Row[],
  idOf: (row: Row) => string,
  show: (row: Row) => Shown,
  read: (ids: readonly string[]) => ReturnType<typeof readLastChanges>,
): Promise<(Shown & LastChange)[]> {
  const changeOf = await read(rows.map(idOf));
  return rows.map((row) => ({ ...show(row), ...changeOf(idOf(row)) }));
}
