import { appendAuditEntry } from '@aggregator/database';
import { createUuidV7 } from '@aggregator/service-kit';
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
  await appendAuditEntry((sql, values) => transaction.$queryRawUnsafe(sql, ...values), {
    id: createUuidV7(now.getTime()),
    time: now,
    organizationId: change.organizationId,
    actorUserId: actor.userId,
    actorKeyId: actor.keyId,
    actorPeer: actor.peer ?? null,
    action: change.action,
    subjectType: change.subjectType,
    subjectId: change.subjectId,
    requestId: actor.requestId?.slice(0, 100) ?? null,
    details: { ...change.details },
  });
}
