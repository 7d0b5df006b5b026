import { z } from 'zod';
import { providersMax } from '../bounds.ts';
import { credentialRef, providerName, routingSnapshot } from '../routing-snapshot.ts';

/**
 * Orchestrator `GET /internal/snapshots?proxyId=…`: newline-delimited JSON that stays open. The present snapshot comes
 * at once, each later one as it is published, and a ping every few seconds so that a dead peer is noticed. A proxy of
 * an earlier version ignores fields that it does not know, and leaves out entries that it cannot read: what it must not
 * ignore needs a value of a known field that it refuses.
 */
export const snapshotStreamLine = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('snapshot'), snapshot: routingSnapshot }),
  /** Providers that do not answer the orchestrator's own probes: tried last. Replaces what an earlier line said. */
  z.strictObject({ kind: z.literal('health'), unhealthy: z.array(providerName).max(providersMax) }),
  z.strictObject({ kind: z.literal('ping') }),
]);
export type SnapshotStreamLine = z.infer<typeof snapshotStreamLine>;

/**
 * Orchestrator `POST /internal/credentials`: proxy → the secrets behind `stored:` references, over the peers' own
 * channel. A proxy keeps them in memory alone. References that are unknown are left out of the answer.
 */
export const credentialsRequest = z.strictObject({ refs: z.array(credentialRef).min(1).max(500) });
export const credentialsAnswer = z.strictObject({
  credentials: z.record(credentialRef, z.string().min(1).max(16_384)),
});
export type CredentialsAnswer = z.infer<typeof credentialsAnswer>;
