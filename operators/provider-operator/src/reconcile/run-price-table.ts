import type { PriceTableStatus } from '@aggregator/contracts';
import type { Clock } from '@aggregator/kubernetes';
import type { OperatorEvents } from '../events.ts';
import { findTransitions } from '../status/merge-conditions.ts';
import { toPendingTable, toPriceTableStatus } from '../status/price-table-status.ts';
import type { StatusWriter } from '../status/write-conditions.ts';
import type { ObservedPriceTable } from '../watch/read-object.ts';
import type { LeaderState } from './leader-state.ts';

/**
 * Writes the status of one price table. It needs no finalizer: the orchestrator gets all tables each time, and ends the
 * prices of one that is missing, also if it was deleted while no operator ran.
 */
export async function runPriceTable(
  object: ObservedPriceTable,
  parts: {
    readonly leader: LeaderState;
    readonly writer: StatusWriter<PriceTableStatus>;
    readonly events: OperatorEvents;
    readonly clock: Clock;
  },
  signal: AbortSignal,
): Promise<{ requeueAfterMs?: number }> {
  const { leader, writer, events, clock } = parts;
  const { metadata } = object;
  if (metadata.deletionTimestamp !== undefined) return {};
  const verdict = leader.priceTableVerdict(metadata);
  const before = writer.statusOf(object);
  if (verdict === undefined) {
    if ((before?.conditions ?? []).length > 0) return {};
    return await writer.write(object, toPendingTable(metadata.generation, clock.wallMs()), signal);
  }
  const answered = leader.answeredOf(verdict.entry);
  const { isReachable } = leader;
  const status = toPriceTableStatus({ verdict, answered, isReachable, before, nowMs: clock.wallMs() });
  const conditions = status.conditions ?? [];
  events.priceTableConditions.set(metadata.uid, conditions);
  const outcome = await writer.write(object, status, signal);
  if (outcome.requeueAfterMs === undefined) {
    events.conditionsChanged('PriceTable', metadata, findTransitions(before?.conditions ?? [], conditions));
  }
  return outcome;
}
