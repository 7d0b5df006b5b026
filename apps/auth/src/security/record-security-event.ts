import type { SecurityEventType, SecuritySeverity } from '@aggregator/contracts';
import { createUuidV7 } from '@aggregator/service-kit';
import { z } from 'zod';
import { writeAudit } from '../audit/write-audit.ts';
import type { Transaction } from '../database/create-database.ts';
import type { AuthEvents } from '../events.ts';
import type { MailQueue } from '../mail/mail-queue.ts';
import { readRecipients } from '../mail/read-recipients.ts';

export interface NewSecurityEvent {
  /** Null for what belongs to no organisation. */
  organizationId: string | null;
  type: SecurityEventType;
  severity: SecuritySeverity;
  subjectType: 'api_key' | 'user' | 'address';
  subjectId: string;
  details?: Readonly<Record<string, string | number>>;
  requestId?: string | undefined;
  /** What was done about it, one sentence; for the mail. */
  outcome?: string;
  /** The user who also gets the mail, beside owners and admins. */
  ownerId?: string;
}

/** New events of one organisation in a day; further ones are counted by the metric alone. */
const perDayMax = 200;
const mailed: readonly SecuritySeverity[] = ['high', 'critical'];
const counted = z.tuple([z.object({ count: z.int() })]);

/** What a record needs of the service. */
export interface SecurityParts {
  readonly mails: MailQueue;
  readonly sendsMails: boolean;
  readonly events: AuthEvents;
}

/**
 * Records suspicious use in the caller's transaction. The first of a day is an entry of the audit, a webhook and, from `high` on,
 * a mail; each further one of the same subject is counted. Returns true for the first.
 */
export async function recordSecurityEvent(
  transaction: Transaction,
  now: Date,
  { mails, sendsMails, events }: SecurityParts,
  event: NewSecurityEvent,
): Promise<boolean> {
  const { organizationId, type, severity, subjectType, subjectId, details = {}, requestId } = event;
  const day = new Date(now.toISOString().slice(0, 10));
  events.securityEvent({ organizationId, type, severity, subjectType, subjectId, requestId });
  const where = { type_subjectId_day: { type, subjectId, day } };
  const known = await transaction.securityEvent.findUnique({ where, select: { id: true } });
  if (known === null && (await transaction.securityEvent.count({ where: { organizationId, day } })) >= perDayMax) {
    return false;
  }
  const rows = await transaction.$queryRaw`
    INSERT INTO security_event (id, organization_id, type, severity, subject_type, subject_id, day, count, details, first_at, last_at)
    VALUES (${createUuidV7(now.getTime())}::uuid, ${organizationId}::uuid, ${type}, ${severity}, ${subjectType}, ${subjectId},
      ${day}::date, 1, ${JSON.stringify(details)}::jsonb, ${now}::timestamptz, ${now}::timestamptz)
    ON CONFLICT (type, subject_id, day) DO UPDATE SET count = security_event.count + 1, last_at = excluded.last_at
    RETURNING count`;
  if (counted.parse(rows)[0].count > 1) return false;
  if (organizationId === null || subjectType === 'address') return true;
  if (sendsMails && mailed.includes(severity)) await sendMails(transaction, now, mails, { ...event, organizationId });
  await writeAudit(
    transaction,
    now,
    { userId: null, keyId: null, requestId },
    {
      ...{ organizationId, action: 'security_event', subjectType, subjectId },
      details: { type, severity, ...details },
    },
  );
  return true;
}

/** A full queue of mails never undoes what was done about the event. */
async function sendMails(
  transaction: Transaction,
  now: Date,
  mails: MailQueue,
  {
    organizationId,
    type,
    severity,
    subjectType,
    subjectId,
    outcome = '',
    ownerId,
  }: NewSecurityEvent & { organizationId: string },
): Promise<void> {
  const { name: organizationName } = await transaction.organization.findUniqueOrThrow({
    where: { id: organizationId },
  });
  const where = { id: subjectId };
  const select = { name: true } as const;
  const subject =
    subjectType === 'api_key'
      ? await transaction.apiKey.findUnique({ where, select })
      : await transaction.user.findUnique({ where, select });
  const owner = ownerId === undefined ? null : await transaction.user.findUnique({ where: { id: ownerId } });
  const managers = await readRecipients(transaction, organizationId, ['owner', 'admin']);
  const content = { organizationName, event: type, severity, subject: subject?.name ?? subjectId, outcome };
  for (const to of new Set([...managers.map(({ email }) => email), ...(owner?.email == null ? [] : [owner.email])])) {
    await mails
      .enqueue(transaction, now, { template: 'security_event', to, language: 'en', ...content })
      .catch(() => undefined);
  }
}
