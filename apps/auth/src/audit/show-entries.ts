import type { shownAuditEntry } from '@aggregator/contracts';
import type { z } from 'zod';
import type { Transaction } from '../database/create-database.ts';
import { uuidInPath } from '../database/uuid-in-path.ts';
import type { AuditEntry } from '../generated/prisma/client.ts';
import { toAuditEntry } from './to-audit-entry.ts';

/** Returns entries of one organisation with names beside ids: those of its members, keys, teams and budgets. */
export async function showEntries(
  database: Transaction,
  organizationId: string,
  rows: readonly AuditEntry[],
): Promise<z.infer<typeof shownAuditEntry>[]> {
  const named = rows.flatMap(({ actorUserId, actorKeyId, subjectId }) => [actorUserId, actorKeyId, subjectId]);
  const ids = [...new Set(named)].flatMap((id) => uuidInPath.safeParse(id).data ?? []);
  const where = { organizationId, id: { in: ids } };
  const select = { id: true, name: true } as const;
  const found = await Promise.all([
    database.user.findMany({ where: { id: { in: ids }, memberships: { some: { organizationId } } }, select }),
    database.apiKey.findMany({ where, select }),
    database.team.findMany({ where, select }),
    database.budget.findMany({ where, select }),
  ]);
  const names = new Map(found.flat().map(({ id, name }) => [id, name]));
  const nameOf = (id: string | null) => (id === null ? null : (names.get(id) ?? null));
  return rows.map((row) => ({
    ...toAuditEntry(row),
    actorName: nameOf(row.actorUserId),
    actorKeyName: nameOf(row.actorKeyId),
    subjectName: nameOf(row.subjectId),
  }));
}
