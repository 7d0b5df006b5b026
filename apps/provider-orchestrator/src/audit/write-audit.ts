import { type AuditDetail, appendAuditEntry } from '@aggregator/database';
import { createUuidV7 } from '@aggregator/service-kit';
import type { Transaction } from '../database/create-database.ts';
import type { Actor } from '../routes/actor-of.ts';

/** Who changes the registry: a user or a key, a peer, or the environment of the service (`peer` null). */
export type AuditActor = Actor | { readonly peer: string | null; readonly requestId: string | undefined };

/** The operator of Kubernetes resources, which hands declarations over. */
export const declarer: AuditActor = { peer: 'provider-operator', requestId: undefined };

export interface AuditedChange {
  /** A past fact, as `provider_updated`. */
  readonly action: string;
  readonly subjectType:
    | 'provider'
    | 'route'
    | 'declaration_owner'
    | 'environment'
    | 'price'
    | 'price_rule'
    | 'price_table';
  readonly subjectId: string;
  /** What changed; never a secret: keys by their ids and last four characters. */
  readonly details: Readonly<Record<string, AuditDetail>>;
}

/**
 * Writes who did what and when, in the transaction of the change itself, so that neither is without the other. Call it after
 * every other write of the transaction: it locks the head of the chain.
 */
export async function writeAudit(
  tx: Transaction,
  nowMs: number,
  actor: AuditActor,
  change: AuditedChange,
): Promise<void> {
  const user = 'userId' in actor ? actor : null;
  await appendAuditEntry((sql, values) => tx.$queryRawUnsafe(sql, ...values), {
    ...change,
    id: createUuidV7(nowMs),
    time: new Date(nowMs),
    organizationId: user?.orgId ?? null,
    actorUserId: user?.userId ?? null,
    actorKeyId: user?.keyId ?? null,
    actorPeer: 'peer' in actor ? actor.peer : null,
    requestId: actor.requestId?.slice(0, 100) ?? null,
  });
}
