import { z } from 'zod';
import type { Transaction } from '../database/create-database.ts';
import type { AuditedChange } from './write-audit.ts';

export interface LastChange {
  readonly changedBy: string | null;
  readonly changedAt: string | null;
}

const never: LastChange = { changedBy: null, changedAt: null };
const stored = z.array(
  z.object({
    subjectId: z.string(),
    changedBy: z.string().nullable(),
    changedAt: z.date().transform((time) => time.toISOString()),
  }),
);

/**
 * Returns who changed each resource last through the API: its newest audit entry, which is in the transaction of the change itself.
 * What a file or a resource declares has no entry by its name, and is changed there.
 */
export async function readLastChanges(
  tx: Transaction,
  subjectType: AuditedChange['subjectType'],
  rows: readonly { name: string; source: string }[],
): Promise<(name: string) => LastChange> {
  const names = rows.filter(({ source }) => source === 'api').map(({ name }) => name);
  if (names.length === 0) return () => never;
  const found = await tx.$queryRaw`
    SELECT subject.name AS "subjectId", entry.actor_user_id::text AS "changedBy", entry.time AS "changedAt"
    FROM unnest(${names}::text[]) AS subject(name) CROSS JOIN LATERAL (
      SELECT actor_user_id, time FROM audit_entry
      WHERE subject_type = ${subjectType} AND subject_id = subject.name ORDER BY sequence DESC LIMIT 1) AS entry`;
  const byName = new Map(stored.parse(found).map(({ subjectId, ...change }) => [subjectId, change]));
  return (name) => byName.get(name) ?? never;
}
