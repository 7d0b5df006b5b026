import { z } from 'zod';
import { credentialRef, providerName, routingSnapshot } from '../routing-snapshot.ts';

/**
 * Orchestrator `GET /internal/snapshots?proxyId=…`: newline-delimited JSON that stays open. The present snapshot comes at
 * once, each later one as it is published, and a ping every few seconds so that a dead peer is noticed.
 */
export const snapshotStreamLine = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('snapshot'), snapshot: routingSnapshot }),
  /** Providers that do not answer the orchestrator's own probes: tried last. Replaces what an earlier line said. */
  z.strictObject({ kind: z.literal('health'), unhealthy: z.array(providerName).max(500) }),
  z.strictObject({ kind: z.literal('ping') }),
]);
export type SnapshotStreamLine = z.infer<typeof snapshotStreamLine>;

/** Proxy → orchestrator `POST /internal/snapshots/acks`. */
export const snapshotAck = z.strictObject({
  proxyId: z.string().min(1).max(100),
  epoch: z.number().int().min(1),
  version: z.number().int().min(1),
  result: z.enum(['ack', 'nack']),
  /** Why it was refused, or which entries were left out: `<path>: <reason>`. */
  problems: z.array(z.string().max(500)).max(100),
});
export type SnapshotAck = z.infer<typeof snapshotAck>;

/** Orchestrator `GET /internal/snapshots/state`: what is published, and what each proxy of this instance said of it. */
export const snapshotState = z.strictObject({
  epoch: z.number().int().min(1),
  version: z.number().int().min(1),
  proxies: z.array(
    snapshotAck.extend({
      lastSeenAt: z.iso.datetime(),
      /** Whether its stream is open at this instance. */
      isConnected: z.boolean(),
    }),
  ),
});
export type SnapshotState = z.infer<typeof snapshotState>;

/**
 * Orchestrator `POST /internal/credentials`: proxy → the secrets behind `stored:` references, over the peers' own channel.
 * A proxy keeps them in memory alone. References that are unknown are left out of the answer.
 */
export const credentialsRequest = z.strictObject({ refs: z.array(credentialRef).min(1).max(500) });
export const credentialsAnswer = z.strictObject({
  credentials: z.record(credentialRef, z.string().min(1).max(16_384)),
});
export type CredentialsAnswer = z.infer<typeof credentialsAnswer>;
