import { type Condition, type ProviderStatus, providerConditionTypes } from '@aggregator/contracts';
import type { Clock, KubernetesConnection } from '@aggregator/kubernetes';
import type { OperatorEvents } from '../events.ts';
import { decideRelease } from '../finalizers/decide-release.ts';
import { hasFinalizer, keepFinalizer } from '../finalizers/keep-finalizer.ts';
import { chooseTraffic } from '../status/choose-traffic.ts';
import { toShownTraffic } from '../status/judge-health.ts';
import { conditionUnknown } from '../status/judgement.ts';
import { findTransitions, mergeConditions } from '../status/merge-conditions.ts';
import { toProviderStatus } from '../status/provider-status.ts';
import type { StatusWriter } from '../status/write-conditions.ts';
import type { ObservedProvider } from '../watch/read-object.ts';
import type { ProviderVerdict } from './checks.ts';
import type { LeaderState } from './leader-state.ts';
import type { PendingObjects } from './pending-objects.ts';

export interface ProviderRunParts {
  readonly leader: LeaderState;
  readonly connection: KubernetesConnection;
  readonly writer: StatusWriter<ProviderStatus>;
  readonly waiting: PendingObjects;
  readonly events: OperatorEvents;
  readonly clock: Clock;
}

type Outcome = { requeueAfterMs?: number };

const drainPollMs = 5000;

/** Writes the status of one provider, and releases it when it is deleted and no proxy uses it any more. */
export async function runProvider(
  object: ObservedProvider,
  parts: ProviderRunParts,
  signal: AbortSignal,
): Promise<Outcome> {
  const verdict = parts.leader.providerVerdict(object.metadata);
  if (verdict === undefined) return await writePending(object, parts, signal);
  if (object.metadata.deletionTimestamp !== undefined) {
    if (await release(object, parts, signal)) return {};
  } else if (verdict.entry !== null && !hasFinalizer(object.metadata)) {
    await keepFinalizer({ ...parts, object, isWanted: true }, signal);
  }
  return await writeStatus(object, verdict, parts, signal);
}

/** At the first run, before anything is known: a resource without conditions looks abandoned. */
async function writePending(
  object: ObservedProvider,
  { writer, clock }: ProviderRunParts,
  signal: AbortSignal,
): Promise<Outcome> {
  if ((writer.statusOf(object)?.conditions ?? []).length > 0) return {};
  const pending = conditionUnknown('Pending', 'Nothing is known yet.');
  const judgements = Object.fromEntries(providerConditionTypes.map((type) => [type, pending]));
  const { generation } = object.metadata;
  const conditions = mergeConditions([], judgements, generation, clock.wallMs());
  return await writer.write(object, { observedGeneration: generation, conditions }, signal);
}

/** True if it is gone, or about to be; what waits is asked for again even if nothing happens. */
async function release(object: ObservedProvider, parts: ProviderRunParts, signal: AbortSignal): Promise<boolean> {
  const { leader, waiting, events, clock } = parts;
  const { metadata } = object;
  if (!hasFinalizer(metadata)) return true;
  const { because } = decideRelease({
    metadata,
    leftAt: leader.leftAt(metadata.uid),
    proxies: leader.proxies,
    traffic: leader.trafficOf(metadata.name),
    nowMs: clock.wallMs(),
  });
  waiting.set(metadata.uid, because === null);
  if (because === null) return false;
  if (!(await keepFinalizer({ ...parts, object, isWanted: false }, signal))) return false;
  events.providerReleased(metadata, because);
  return true;
}

async function writeStatus(
  object: ObservedProvider,
  verdict: ProviderVerdict,
  parts: ProviderRunParts,
  signal: AbortSignal,
): Promise<Outcome> {
  const { leader, writer, waiting, events, clock } = parts;
  const { metadata } = object;
  const before = writer.statusOf(object);
  const traffic = leader.trafficOf(metadata.name);
  const isDraining = verdict.pauseReason !== null;
  const writtenAtMs = writer.writtenAtMs(metadata.uid) ?? Number.NEGATIVE_INFINITY;
  const latest = traffic && toShownTraffic(traffic);
  const chosen = chooseTraffic(before?.traffic, latest, clock.nowMs() - writtenAtMs, isDraining);
  const answered = leader.answeredOf(verdict.entry);
  const status = toProviderStatus({
    ...{ verdict, answered, traffic, before, publishedTraffic: chosen.shown },
    proxies: leader.proxies,
    nowMs: clock.wallMs(),
  });
  const conditions = status.conditions ?? [];
  noteWaiting(waiting, metadata.uid, isDraining, conditions);
  events.conditions.set(metadata.uid, conditions);
  const { requeueAfterMs } = await writer.write(object, status, signal);
  if (requeueAfterMs === undefined) {
    events.conditionsChanged('Provider', metadata, findTransitions(before?.conditions ?? [], conditions));
  }
  return soonest(requeueAfterMs, chosen.againAfterMs, metadata.deletionTimestamp === undefined ? null : drainPollMs);
}

function noteWaiting(
  waiting: PendingObjects,
  uid: string,
  isDraining: boolean,
  conditions: readonly Condition[],
): void {
  // What is draining waits for the last of its requests, which is seen soon enough without being asked for.
  if (isDraining) return;
  const programmed = conditions.find(({ type }) => type === 'Programmed');
  waiting.note(uid, programmed);
}

function soonest(...delays: readonly (number | null | undefined)[]): Outcome {
  const known = delays.flatMap((delay) => delay ?? []);
  return known.length === 0 ? {} : { requeueAfterMs: Math.min(...known) };
}
