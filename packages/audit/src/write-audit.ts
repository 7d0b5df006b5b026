import { type AuditDetail, appendAuditEntry } from '@aggregator/database';
import { createUuidV7 } from '@aggregator/service-kit';
import type { Actor } from './actor.ts';

export interface AuditedChange {
  /** The organisation that the change belongs to; null for a change of the installation. */
  readonly organizationId: string | null;
  /** A past fact, as `top_up_posted`. */
  readonly action: string;
  readonly subjectType: string;
  readonly subjectId: string;
  /** The changed values; never a secret. */
  readonly details: Readonly<Record<string, AuditDetail>>;
}

/** The part of a transaction of Prisma that runs a given statement. */
export interface AuditTransaction {
  $queryRawUnsafe(sql: string, ...values: unknown[]): PromiseLike<unknown>;
}

const requestIdCharsMax = 100;

/**
 * Writes the actor, the change and the time in the transaction of the change itself, so that neither exists without the
 * other. Call it after every other write of the transaction: it locks the head of the chain.
 */
export async function writeAudit(tx: AuditTransaction, now: Date, actor: Actor, change: AuditedChange): Promise<void> {
  const { organizationId, action, subjectType, subjectId, details } = change;
  await appendAuditEntry(async (sql, values) => tx.$queryRawUnsafe(sql, ...values), {
    ...{ organizationId, action, subjectType, subjectId, details },
    id: createUuidV7(now.getTime()),
    time: now,
    actorUserId: actor.userId,
    actorKeyId: actor.keyId,
    actorPeer: actor.peer ?? null,
    requestId: actor.requestId?.slice(0, requestIdCharsMax) ?? null,
  });
}
