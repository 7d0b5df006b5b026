import type { Target, TargetView } from './route-port.ts';

const targetsMax = 16;

/** Targets of which memory or the orchestrator's probes speak ill go to the end, in their order: they never vanish. */
export function readyFirst(targets: readonly Target[], view: TargetView): readonly Target[] {
  if (targets.length < 2) return targets;
  const ready: Target[] = [];
  const others: Target[] = [];
  for (const target of targets) (isReady(target, view) ? ready : others).push(target);
  return others.length === 0 ? ready : [...ready, ...others];
}

/** Each target once, at its first place. */
export function withoutRepeats(targets: readonly Target[]): readonly Target[] {
  if (targets.length < 2) return targets;
  return [...new Map(targets.map((target) => [target.key, target])).values()];
}

/** The first 16, but rather one more candidate than another key of one that is there already. */
export function boundTargets(targets: readonly Target[]): readonly Target[] {
  if (targets.length <= targetsMax) return targets;
  const firsts = targets.filter(
    ({ candidate }, position) => targets.findIndex((target) => target.candidate === candidate) === position,
  );
  const chosen = new Set([...new Set([...firsts, ...targets])].slice(0, targetsMax));
  return targets.filter((target) => chosen.has(target));
}

function isReady({ key, candidate }: Target, view: TargetView): boolean {
  if (!view.isHealthy(candidate.provider.name)) return false;
  const standing = view.judge(key);
  return standing === 'ready' || standing === 'probe';
}
