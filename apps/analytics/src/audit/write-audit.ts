import { type AuditDetail, appendAuditEntry } from '@aggregator/database';
import { createUuidV7, principalOf, readRequestId } from '@aggregator/service-kit';
import type { Request } from 'express';
import type { Transaction } from '../database/create-database.ts';

/** Who changes something by hand; null in a field if there is none. */
export interface Actor {
  readonly userId: string | null;
  readonly keyId: string | null;
  readonly requestId: string | undefined;
}

/** Returns the caller of a route behind `requirePrincipal`. */
export function actorOf(request: Request): Actor {
  const { userId, keyId } = principalOf(request);
  return { userId, keyId, requestId: readRequestId(request) };
}

export interface AuditedChange {
  /** Null for a change of the installation. */
  readonly organizationId: string | null;
  /** A past fact, as `alerts_silenced`. */
  readonly action: string;
  readonly subjectType: string;
  readonly subjectId: string;
  /** What changed; never a secret. */
  readonly details: Readonly<Record<string, AuditDetail>>;
}

/**
 * Writes who did what and when, in the transaction of the change itself, so that neither is without the other. Call it after
 * every other write of the transaction: it locks the head of the chain.
 */
export async function writeAudit(tx: Transaction, now: Date, actor: Actor, change: AuditedChange): Promise<void> {
  await appendAuditEntry((sql, values) => tx.$queryRawUnsafe(sql, ...values), {
    ...change,
    id: createUuidV7(now.getTime()),
    time: now,
    actorUserId: actor.userId,
    actorKeyId: actor.keyId,
    actorPeer: null,
    requestId: actor.requestId?.slice(0, 100) ?? null,
  });
}
