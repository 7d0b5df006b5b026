import { type ModelRouteStatus, modelRouteConditionTypes } from '@aggregator/contracts';
import type { Clock } from '@aggregator/kubernetes';
import type { OperatorEvents } from '../events.ts';
import { conditionUnknown } from '../status/judgement.ts';
import { findTransitions, mergeConditions } from '../status/merge-conditions.ts';
import { toRouteStatus } from '../status/route-status.ts';
import type { StatusWriter } from '../status/write-conditions.ts';
import type { ObservedRoute } from '../watch/read-object.ts';
import type { LeaderState } from './leader-state.ts';
import type { PendingObjects } from './pending-objects.ts';

export interface RouteRunParts {
  readonly leader: LeaderState;
  readonly writer: StatusWriter<ModelRouteStatus>;
  readonly waiting: PendingObjects;
  readonly events: OperatorEvents;
  readonly clock: Clock;
}

/** Writes the status of one route. */
export async function runRoute(
  object: ObservedRoute,
  { leader, writer, waiting, events, clock }: RouteRunParts,
  signal: AbortSignal,
): Promise<{ requeueAfterMs?: number }> {
  const { metadata } = object;
  if (metadata.deletionTimestamp !== undefined) return {};
  const verdict = leader.routeVerdict(metadata);
  const before = writer.statusOf(object);
  if (verdict === undefined) {
    if ((before?.conditions ?? []).length > 0) return {};
    return await writer.write(object, toPending(metadata.generation, clock.wallMs()), signal);
  }
  const answered = leader.answeredOf(verdict.entry);
  const status = toRouteStatus({ verdict, answered, proxies: leader.proxies, before, nowMs: clock.wallMs() });
  const conditions = status.conditions ?? [];
  waiting.note(
    metadata.uid,
    conditions.find(({ type }) => type === 'Programmed'),
  );
  const outcome = await writer.write(object, status, signal);
  if (outcome.requeueAfterMs === undefined) {
    events.conditionsChanged('ModelRoute', metadata, findTransitions(before?.conditions ?? [], conditions));
  }
  return outcome;
}

function toPending(generation: number, nowMs: number): ModelRouteStatus {
  const pending = conditionUnknown('Pending', 'Nothing is known yet.');
  const judgements = Object.fromEntries(modelRouteConditionTypes.map((type) => [type, pending]));
  return { observedGeneration: generation, conditions: mergeConditions([], judgements, generation, nowMs) };
}
