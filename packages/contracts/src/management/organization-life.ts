import { z } from 'zod';
import { instant } from '../instant.ts';
import { queryPage } from './page.ts';

/**
 * `POST /auth/organization/deletion`: `name` repeats the organisation's name, so that no user deletes the wrong one.
 */
export const requestDeletionRequest = z.strictObject({ name: z.string().max(100) });
export const requestedDeletion = z.strictObject({ deleteAt: z.iso.datetime() });
export type RequestedDeletion = z.infer<typeof requestedDeletion>;

/** One line of `GET /auth/organization/export` (JSON Lines): what it is, and its row. No secret is in it. */
export const exportedLine = z.strictObject({
  type: z.enum([
    'organization',
    'member',
    'team',
    'team_member',
    'budget',
    'limit',
    'api_key',
    'invitation',
    'webhook',
    'audit_entry',
  ]),
  row: z.record(z.string(), z.unknown()),
});
export type ExportedLine = z.infer<typeof exportedLine>;

/** Query of `GET /auth/audit`, newest first. An operator can name any organisation; where absent it is the caller's. */
export const auditQuery = queryPage.extend({
  organizationId: z.uuid().optional(),
  action: z.string().max(100).optional(),
  subjectId: z.string().max(100).optional(),
  actorUserId: z.uuid().optional(),
  /** Changes at or after this instant. */
  from: instant.optional(),
  /** Changes before this instant. */
  to: instant.optional(),
  /** In place of a page: all entries that fit, at most 5,000, as CSV or as one JSON object on each line. */
  format: z.enum(['csv', 'ndjson']).optional(),
});

export const auditEntry = z.strictObject({
  id: z.uuid(),
  time: z.iso.datetime(),
  organizationId: z.uuid(),
  action: z.string(),
  /** Null if the installation itself acted. */
  actorUserId: z.uuid().nullable(),
  actorKeyId: z.uuid().nullable(),
  subjectType: z.string(),
  subjectId: z.string(),
  requestId: z.string().nullable(),
  details: z.record(z.string(), z.unknown()),
});
export type AuditEntryRow = z.infer<typeof auditEntry>;
/** With names beside ids; null for what is gone, or is not of the organisation. */
export const shownAuditEntry = auditEntry.extend({
  actorName: z.string().nullable(),
  actorKeyName: z.string().nullable(),
  subjectName: z.string().nullable(),
});
export const auditList = z.strictObject({ data: z.array(shownAuditEntry).max(100), nextCursor: z.string().nullable() });
