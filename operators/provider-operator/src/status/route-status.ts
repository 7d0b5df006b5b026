import type { ModelRouteStatus } from '@aggregator/contracts';
import type { RouteVerdict } from '../reconcile/check-routes.ts';
import type { Answered } from '../reconcile/declared-set.ts';
import { judgeProgrammed, notProgrammed, type ProgrammedVerdict, type Proxies } from './judge-programmed.ts';
import { conditionFalse, conditionTrue, type Judgement } from './judgement.ts';
import { mergeConditions } from './merge-conditions.ts';
import { findCondition, toAccepted } from './provider-status.ts';

export interface RouteEvidence {
  readonly verdict: RouteVerdict;
  /** Of this very entry; null while the orchestrator has not answered to it, or where there is none. */
  readonly answered: Answered | null;
  readonly proxies: Proxies;
  readonly before: ModelRouteStatus | undefined;
  readonly nowMs: number;
}

/** Pure, as `toProviderStatus`. */
export function toRouteStatus(evidence: RouteEvidence): ModelRouteStatus {
  const { verdict, answered, before, nowMs } = evidence;
  const { generation } = verdict.object.metadata;
  const accepted = toAccepted(verdict.accepted, answered);
  const { resolvedRefs, note } = verdict.resolution;
  const { judgement, programmed } = toProgrammed(evidence, accepted);
  const judgements = {
    Accepted: accepted,
    ResolvedRefs: note === '' ? resolvedRefs : { ...resolvedRefs, message: `${resolvedRefs.message} ${note}` },
    Programmed: judgement,
    Ready: toReady([accepted, resolvedRefs, judgement]),
  };
  return {
    observedGeneration: generation,
    conditions: mergeConditions(before?.conditions ?? [], judgements, generation, nowMs),
    programmed,
  };
}

function toProgrammed({ verdict, answered, proxies, before }: RouteEvidence, accepted: Judgement): ProgrammedVerdict {
  const { metadata, spec } = verdict.object;
  const desired = proxies.desired.length;
  if (accepted.status === 'False') return notProgrammed('NotAccepted', accepted.message, desired);
  if (verdict.entry === null) return notProgrammed('NoTargets', 'None of its targets takes requests.', desired);
  const condition = findCondition(before, 'Programmed');
  return judgeProgrammed({
    entry: `routes/${spec?.model ?? ''}`,
    generation: metadata.generation,
    answered: answered?.result.result === 'accepted' ? answered : null,
    proxies,
    before:
      condition?.observedGeneration === metadata.generation ? { condition, programmed: before?.programmed } : null,
  });
}

function toReady(judgements: readonly Judgement[]): Judgement {
  const objection = judgements.find(({ status }) => status !== 'True');
  return objection === undefined
    ? conditionTrue('Ready', 'It takes requests.')
    : conditionFalse(objection.reason, objection.message);
}
