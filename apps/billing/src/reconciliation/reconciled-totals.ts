import { z } from 'zod';
import type { Waiting } from '../finality/finality.ts';

/**
 * Why leased money that is not at the counter store stays leased. `in_transit`: it was seen for the first time; charges of
 * requests that have just ended look like that. `resting`: the store has lost its data a short while ago. `pending`: a
 * lease may yet be granted.
 */
export const waitingReasons = [
  'in_transit',
  'resting',
  'pending',
  'spool_behind',
  'spool_silent',
  'spool_gap',
  'consumer_behind',
] as const satisfies readonly (Waiting | 'in_transit' | 'resting' | 'pending')[];
export type WaitingReason = (typeof waitingReasons)[number];

const unbackedMax = 1000;

/** What one round over all organisations came to, in nano-USD. */
export class Totals {
  unreconciledNanoUsd = 0n;
  /** Credit at the store that neither the ledger backs nor charges explain, by organisation; the first thousand. */
  readonly unbacked = new Map<string, bigint>();
  readonly waitingNanoUsd = new Map<WaitingReason, bigint>();

  /** A difference between store and ledger that cannot be explained; always positive. */
  addUnreconciled(nanoUsd: bigint): void {
    this.unreconciledNanoUsd += nanoUsd;
  }

  addUnbacked(orgId: string, nanoUsd: bigint): void {
    if (this.unbacked.size < unbackedMax) this.unbacked.set(orgId, nanoUsd);
  }

  addWaiting(reason: WaitingReason, nanoUsd: bigint): void {
    this.waitingNanoUsd.set(reason, (this.waitingNanoUsd.get(reason) ?? 0n) + nanoUsd);
  }
}

const written = z.object({
  unreconciled: z.string().transform(BigInt),
  waiting: z.partialRecord(z.enum(waitingReasons), z.string().transform(BigInt)),
});

export function toJson({ unreconciledNanoUsd, waitingNanoUsd }: Totals): unknown {
  const waiting = Object.fromEntries([...waitingNanoUsd].map(([reason, nanoUsd]) => [reason, nanoUsd.toString()]));
  return { unreconciled: unreconciledNanoUsd.toString(), waiting };
}

/** Another instance may have written it. */
export function readTotals(json: unknown): Totals {
  const { unreconciled, waiting } = written.parse(json);
  const totals = new Totals();
  totals.addUnreconciled(unreconciled);
  for (const reason of waitingReasons) totals.addWaiting(reason, waiting[reason] ?? 0n);
  return totals;
}
