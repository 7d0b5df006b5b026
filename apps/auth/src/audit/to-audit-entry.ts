import type { AuditEntryRow } from '@aggregator/contracts';
import { z } from 'zod';
import type { AuditEntry } from '../generated/prisma/client.ts';

const stored = z.record(z.string(), z.unknown());

export function toAuditEntry(row: AuditEntry): AuditEntryRow {
  return {
    id: row.id,
    time: row.time.toISOString(),
    organizationId: row.organizationId,
    action: row.action,
    actorUserId: row.actorUserId,
    actorKeyId: row.actorKeyId,
    subjectType: row.subjectType,
    subjectId: row.subjectId,
    requestId: row.requestId,
    details: stored.parse(row.details),
  };
}
