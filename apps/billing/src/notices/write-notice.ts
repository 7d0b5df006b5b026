import { type BillingNotice, noticeLanguage } from '@aggregator/contracts';
import { createUuidV7 } from '@aggregator/service-kit';
import type { Transaction } from '../database/open-database.ts';

/** What an organisation is notified of. `data` names no person and no card beyond its last digits. */
export type NewNotice = Pick<BillingNotice, 'type' | 'data'> & { orgId: string };

/** Writes a notice in the transaction of what it reports, so that neither is without the other (see `relayNotices`). */
export async function writeNotice(tx: Transaction, now: Date, { orgId, type, data }: NewNotice): Promise<void> {
  const id = createUuidV7(now.getTime());
  await tx.notice.create({ data: { id, orgId, type, data, createdAt: now, dueAt: now } });
}

/**
 * Writes a notice unless the same warning is raised already. Returns whether it was written. A warning stays raised until
 * `rearm`, or as long as its key lasts.
 */
export async function raise(tx: Transaction, now: Date, notice: NewNotice, key = ''): Promise<boolean> {
  const raised = await tx.$executeRaw`
    INSERT INTO raised_warning (org_id, type, key, raised_at)
    VALUES (${notice.orgId}::uuid, ${notice.type}, ${key}, ${now}::timestamptz) ON CONFLICT DO NOTHING`;
  if (raised === 1) await writeNotice(tx, now, notice);
  return raised === 1;
}

/** The language of an organisation's mails; English until it has chosen. */
export function toLanguage(stored: unknown): BillingNotice['language'] {
  return noticeLanguage.catch('en').parse(stored);
}
