import { z } from 'zod';
import { routingSnapshot } from '../routing-snapshot.ts';

/**
 * Orchestrator `GET /internal/snapshots?proxyId=…`: newline-delimited JSON that stays open. The present snapshot comes at
 * once, each later one as it is published, and a ping every few seconds so that a dead peer is noticed.
 */
export const snapshotStreamLine = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('snapshot'), snapshot: routingSnapshot }),
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
