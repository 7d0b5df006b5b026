import { writeAudit as appendAudit } from '@aggregator/audit';
import type { Transaction } from '../database/create-database.ts';
import { announce } from '../webhooks/announce.ts';
import { toEvent } from '../webhooks/to-event.ts';
import type { Actor, AuditedChange } from './audited-change.ts';

export type { Actor, AuditedChange } from './audited-change.ts';

/**
 * Writes who did what and when, in the transaction of the change itself, so that neither is without the other. Call it after
 * every other write of the transaction: it locks the head of the chain. A change that has an event is announced to webhooks.
 */
export async function writeAudit(
  transaction: Transaction,
  now: Date,
  actor: Actor,
  change: AuditedChange,
): Promise<void> {
  const event = toEvent(actor, change);
  if (event !== null) await announce(transaction, now, event);
  await appendAudit(transaction, now, actor, { ...change, details: { ...change.details } });
}
