import { writeAudit as appendAudit, type AuditedChange as Change } from '@aggregator/audit';
import type { Transaction } from '../database/create-database.ts';
import type { Actor } from '../routes/actor-of.ts';

/** The actor of a change of the registry: a user or a key, a peer, or the environment of the service (`peer` null). */
export type AuditActor = Actor | { readonly peer: string | null; readonly requestId: string | undefined };

/** The operator of Kubernetes resources, which hands declarations over. */
export const declarer: AuditActor = { peer: 'provider-operator', requestId: undefined };

export interface AuditedChange extends Omit<Change, 'organizationId'> {
  readonly subjectType:
    | 'provider'
    | 'route'
    | 'declaration_owner'
    | 'environment'
    | 'price'
    | 'price_rule'
    | 'price_table';
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
  const who = { userId: user?.userId ?? null, keyId: user?.keyId ?? null, requestId: actor.requestId };
  const peer = 'peer' in actor ? actor.peer : null;
  await appendAudit(tx, new Date(nowMs), { ...who, peer }, { ...change, organizationId: user?.orgId ?? null });
}
