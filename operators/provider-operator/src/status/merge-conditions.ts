import type { Condition } from '@aggregator/contracts';
import type { Judgement } from './judgement.ts';

/** Conditions as they are written: the time of the last transition changes with the status alone. */
export function mergeConditions(
  before: readonly Condition[],
  judgements: Readonly<Record<string, Judgement>>,
  generation: number,
  nowMs: number,
): Condition[] {
  return Object.entries(judgements).map(([type, { status, reason, message }]) => {
    const known = before.find((condition) => condition.type === type);
    const isSame = known?.status === status;
    return {
      type,
      status,
      observedGeneration: generation,
      lastTransitionTime: isSame ? known.lastTransitionTime : toKubernetesTime(nowMs),
      reason,
      message: message.slice(0, 1024),
    };
  });
}

/** Whole seconds, as the API server writes them itself. */
function toKubernetesTime(nowMs: number): string {
  return new Date(nowMs).toISOString().replace(/\.\d+Z$/, 'Z');
}

export interface Transition {
  readonly condition: Condition;
  readonly isGood: boolean;
}

/** Changes that Events report: a condition that became true or false, or is false for another reason. */
export function findTransitions(before: readonly Condition[], after: readonly Condition[]): readonly Transition[] {
  return after.flatMap((condition) => {
    if (condition.status === 'Unknown' || isPassing(condition)) return [];
    const known = before.find(({ type }) => type === condition.type);
    const isSame =
      known?.status === condition.status && (condition.status === 'True' || known.reason === condition.reason);
    return isSame ? [] : [{ condition, isGood: condition.status === 'True' }];
  });
}

/** In progress: not reported. */
function isPassing({ reason }: Condition): boolean {
  return reason === 'Progressing';
}
