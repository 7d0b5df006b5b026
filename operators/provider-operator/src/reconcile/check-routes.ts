import { type DeclaredRouteEntry, routeName, routesMax } from '@aggregator/contracts';
import { conditionFalse, conditionTrue, type Judgement } from '../status/judgement.ts';
import type { ObservedRoute } from '../watch/read-object.ts';
import type { ProviderVerdict } from './checks.ts';
import { compileRoute } from './compile.ts';
import type { Gathered } from './gathered.ts';
import { type Resolution, resolveTargets, type TargetWorld } from './resolve-targets.ts';
import { bySeniority, nameHolders } from './seniority.ts';

/** What we ourselves think of one route. The orchestrator may still refuse it. */
export interface RouteVerdict {
  readonly object: ObservedRoute;
  readonly accepted: Judgement;
  readonly resolution: Resolution;
  /** Null where no target is left, or it was not accepted. */
  readonly entry: DeclaredRouteEntry | null;
}

interface Surroundings {
  readonly holders: ReadonlyMap<string, { readonly uid: string; readonly namespace: string; readonly name: string }>;
  readonly isWithinBound: (uid: string) => boolean;
}

type Check = (route: ObservedRoute, surroundings: Surroundings) => Judgement | null;

/** In this order; the first check that fails is reported. */
const checks: readonly Check[] = [
  ({ spec, fault }) => (spec === null ? conditionFalse('InvalidSpec', fault) : null),
  ({ spec }) =>
    routeName.safeParse(spec?.model).success
      ? null
      : conditionFalse('InvalidSpec', 'spec.model: letters, digits and any of . _ : - after the first'),
  ({ metadata, spec }, { holders }) => {
    const holder = holders.get(spec?.model ?? '');
    return holder === undefined || holder.uid === metadata.uid
      ? null
      : conditionFalse('DuplicateName', `An older ModelRoute, '${holder.namespace}/${holder.name}', has this model.`);
  },
  ({ metadata }, { isWithinBound }) =>
    isWithinBound(metadata.uid)
      ? null
      : conditionFalse(
          'TooManyRoutes',
          `There are more than ${routesMax} ModelRoutes, and this one is among the youngest.`,
        ),
];

/** Pure, as `checkProviders`. `isServed` returns true for a declared provider that the orchestrator accepted. */
export function checkRoutes(
  { routes, labelsOf }: Gathered,
  providers: readonly ProviderVerdict[],
  isServed: (provider: ProviderVerdict) => boolean,
): readonly RouteVerdict[] {
  const byName = new Map(providers.map((verdict) => [keyOf(verdict.object.metadata), verdict]));
  const world: TargetWorld = {
    find: (namespace, name) => byName.get(keyOf({ namespace, name })),
    isServed,
    labelsOf,
  };
  const standing = routes.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const holders = nameHolders(
    standing.filter(({ spec }) => spec !== null),
    ({ metadata, spec }) => ({ name: spec?.model ?? '', metadata }),
  );
  const oldest = new Set(
    [...holders.values()]
      .sort(bySeniority)
      .slice(0, routesMax)
      .map(({ uid }) => uid),
  );
  const surroundings = { holders, isWithinBound: (uid: string) => oldest.has(uid) };
  return standing.map((route) => checkRoute(route, surroundings, world));
}

function checkRoute(route: ObservedRoute, surroundings: Surroundings, world: TargetWorld): RouteVerdict {
  const resolution = resolveTargets(route, world);
  const objection = checks.reduce<Judgement | null>((found, check) => found ?? check(route, surroundings), null);
  if (objection !== null || route.spec === null) {
    return { object: route, accepted: objection ?? conditionFalse('InvalidSpec', ''), resolution, entry: null };
  }
  const accepted = conditionTrue('Accepted', 'It is valid, and its model is its own.');
  if (resolution.candidates.length === 0) return { object: route, accepted, resolution, entry: null };
  const compiled = compileRoute(route.metadata, route.spec, resolution.candidates);
  return compiled.fault === undefined
    ? { object: route, accepted, resolution, entry: compiled.entry }
    : { object: route, accepted: conditionFalse('InvalidSpec', compiled.fault), resolution, entry: null };
}

function keyOf({ namespace, name }: { namespace: string; name: string }): string {
  return `${namespace}/${name}`;
}
