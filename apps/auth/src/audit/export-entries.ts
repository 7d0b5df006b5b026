import type { shownAuditEntry } from '@aggregator/contracts';
import { toCsv } from '@aggregator/contracts/csv';
import type { z } from 'zod';

type Entry = z.infer<typeof shownAuditEntry>;

const columns: readonly (readonly [name: string, cell: (entry: Entry) => string | null])[] = [
  ['time', ({ time }) => time],
  ['action', ({ action }) => action],
  ['actor_user_id', ({ actorUserId }) => actorUserId],
  ['actor_name', ({ actorName }) => actorName],
  ['actor_key_id', ({ actorKeyId }) => actorKeyId],
  ['subject_type', ({ subjectType }) => subjectType],
  ['subject_id', ({ subjectId }) => subjectId],
  ['subject_name', ({ subjectName }) => subjectName],
  ['request_id', ({ requestId }) => requestId],
  ['details', ({ details }) => JSON.stringify(details)],
  ['id', ({ id }) => id],
];

/** Returns entries as CSV, with their details as JSON. */
export function toAuditCsv(entries: readonly Entry[]): string {
  return toCsv([
    columns.map(([name]) => name),
    ...entries.map((entry) => columns.map(([, cell]) => cell(entry) ?? '')),
  ]);
}

/** Returns entries as JSON, one on each line. */
export function toAuditLines(entries: readonly Entry[]): string {
  return entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');
}
