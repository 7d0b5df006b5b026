import { type ModelRouteStatus, modelRouteConditionTypes } from '@aggregator/contracts';
import type { Clock } from '@aggregator/kubernetes';
import type { OperatorEvents } from '../events.ts';
import { isOpen } from '../status/judgement.ts';
import { findTransitions, mergeConditions } from '../status/merge-conditions.ts';
import { toRouteStatus } from '../status/route-status.ts';
import type { StatusWriter } from '../status/write-conditions.ts';
import type { ObservedRoute } from '../watch/read-object.ts';
import type { Waiting } from './waiting.ts';
import type { World } from './world.ts';

export interface RouteRunParts {
  readonly world: World;
  readonly writer: StatusWriter<ModelRouteStatus>;
  readonly waiting: Waiting;
  readonly events: OperatorEvents;
  readonly clock: Clock;
}

/** Tells one route the truth. */
export async function runRoute(
  object: ObservedRoute,
  { world, writer, waiting, events, clock }: RouteRunParts,
  signal: AbortSignal,
): Promise<{ requeueAfterMs?: number }> {
  const { metadata } = object;
  if (metadata.deletionTimestamp !== undefined) return {};
  const verdict = world.routeVerdict(metadata);
  const before = writer.statusOf(object);
  if (verdict === undefined) {
    if ((before?.conditions ?? []).length > 0) return {};
    return await writer.write(object, toPending(metadata.generation, clock.wallMs()), signal);
  }
  const answered = world.answeredOf(verdict.entry);
  const status = toRouteStatus({ verdict, answered, proxies: world.proxies, before, nowMs: clock.wallMs() });
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
  const pending = isOpen('Pending', 'Nothing is known yet.');
  const judgements = Object.fromEntries(modelRouteConditionTypes.map((type) => [type, pending]));
  return { observedGeneration: generation, conditions: mergeConditions([], judgements, generation, nowMs) };
}
