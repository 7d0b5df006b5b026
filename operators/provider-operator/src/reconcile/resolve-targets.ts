import type { ModelRouteSpec, ProviderSpec } from '@aggregator/contracts';
import { conditionFalse, conditionTrue, type Judgement } from '../status/judgement.ts';
import type { ObservedRoute } from '../watch/read-object.ts';
import type { ProviderVerdict } from './checks.ts';
import type { Candidate } from './compile.ts';
import type { ReadNamespaceLabels } from './gathered.ts';

type Target = ModelRouteSpec['targets'][number];
type Resolved =
  | { readonly candidate: Candidate }
  | { readonly problem: 'RefNotFound' | 'RefNotPermitted' | 'NotServed'; readonly message: string };

export interface Resolution {
  readonly resolvedRefs: Judgement;
  readonly candidates: readonly Candidate[];
  /** Targets that are there but take no request at the moment, in words; empty where there are none. */
  readonly note: string;
}

export interface TargetWorld {
  find(namespace: string, name: string): ProviderVerdict | undefined;
  /** True if requests may be sent to what is declared of it: its name must not belong to another owner. */
  isServed(provider: ProviderVerdict): boolean;
  readonly labelsOf: ReadNamespaceLabels;
}

/** Finds the providers that a route may send requests to. What does not resolve is left out, and named. */
export function resolveTargets({ metadata, spec }: ObservedRoute, world: TargetWorld): Resolution {
  const resolved = (spec?.targets ?? []).map((target) => resolve(target, metadata.namespace, spec?.model ?? '', world));
  const candidates = resolved.flatMap((each) => ('candidate' in each ? [each.candidate] : []));
  const faults = resolved.flatMap((each) => ('problem' in each && each.problem !== 'NotServed' ? [each] : []));
  const idle = resolved.flatMap((each) => ('problem' in each && each.problem === 'NotServed' ? [each.message] : []));
  const [first] = faults;
  const resolvedRefs =
    first === undefined
      ? conditionTrue('ResolvedRefs', 'Every target is there.')
      : conditionFalse(first.problem, toSentence(faults.map(({ message }) => message)));
  return { resolvedRefs, candidates: withoutTwins(candidates), note: toSentence(idle) };
}

function resolve(target: Target, ownNamespace: string, publicModel: string, world: TargetWorld): Resolved {
  const { name, namespace = ownNamespace } = target.providerRef;
  const provider = world.find(namespace, name);
  // A route that may not use a provider of another namespace must not learn whether it exists.
  if (namespace !== ownNamespace && !(provider && admits(provider, ownNamespace, world.labelsOf))) {
    return { problem: 'RefNotPermitted', message: `the Provider '${namespace}/${name}' is not permitted` };
  }
  if (provider === undefined) return { problem: 'RefNotFound', message: `there is no Provider '${name}' here` };
  if (provider.entry === null || !world.isServed(provider)) {
    return { problem: 'NotServed', message: `the Provider '${name}' takes no requests` };
  }
  const { priority, weight, model = publicModel } = target;
  return { candidate: { provider: provider.entry.name, model, priority, weight } };
}

function admits({ object }: ProviderVerdict, namespace: string, labelsOf: ReadNamespaceLabels): boolean {
  const rule: ProviderSpec['allowedRoutes'] = object.spec?.allowedRoutes ?? { from: 'Same' };
  if (rule.from !== 'Selector') return rule.from === 'All';
  const labels = labelsOf(namespace);
  const wanted = Object.entries(rule.selector?.matchLabels ?? {});
  return labels !== null && wanted.length > 0 && wanted.every(([name, value]) => labels[name] === value);
}

/** The orchestrator rejects a route that names a candidate twice; the first one is kept. */
function withoutTwins(candidates: readonly Candidate[]): readonly Candidate[] {
  const byTarget = new Map<string, Candidate>();
  for (const candidate of candidates) {
    const target = `${candidate.provider}/${candidate.model}`;
    if (!byTarget.has(target)) byTarget.set(target, candidate);
  }
  return [...byTarget.values()];
}

function toSentence(parts: readonly string[]): string {
  const text = [...new Set(parts)].join('; ');
  return text === '' ? '' : `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
