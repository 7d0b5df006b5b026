import { type ModelRow, type Operation, operation, type RoutingSnapshot } from '@aggregator/contracts';
import { adapterFor } from '@aggregator/providers';
import type { TargetKey } from '@aggregator/resilience';
import type { Candidate } from './candidate.ts';
import { type Listed, toRow } from './model-rows.ts';
import { comparePrices, type Offer, toOffer } from './offers.ts';
import { PriceRules } from './price-rules.ts';
import type { RoutePlan } from './route-port.ts';

/** A priced offer with the weight that its route gives it. */
export interface Option {
  readonly offer: Offer;
  readonly candidate: Candidate;
  readonly weight: number;
}

type SnapshotRoute = RoutingSnapshot['routes'][number];
type RouteSettings = Pick<SnapshotRoute, 'strategy' | 'isSticky' | 'resume' | 'mayFailOverOnPolicy'>;

/** The candidates of a public name. */
export interface NamedModel extends RouteSettings {
  /** The operations that some model of this name has, priced or not. */
  readonly operations: readonly Operation[];
  /** Priced options for each operation, those of the first priority first; without an entry where there is none. */
  readonly groups: ReadonlyMap<Operation, readonly (readonly Option[])[]>;
  /** The whole plan of an operation that only one target serves: nothing is left to decide. */
  readonly lonePlans: ReadonlyMap<Operation, RoutePlan>;
}

/** A snapshot made quick to look up, once for each that comes. Immutable. */
export interface SnapshotIndex {
  readonly snapshot: RoutingSnapshot;
  readonly priceRules: PriceRules;
  readonly byName: ReadonlyMap<string, NamedModel>;
  /** One row for each model that can be served and each route, by the name that it is listed under. */
  readonly rows: ReadonlyMap<string, ModelRow>;
  /** What each row is made of. */
  readonly listed: ReadonlyMap<string, Listed>;
  readonly targetKeys: ReadonlySet<TargetKey>;
}

interface WeightedOffer {
  readonly offer: Offer;
  readonly weight: number;
}

/**
 * A model by its own name, which no route says anything of. Several providers that have it are tried from the cheapest
 * on: the caller named no price, and shares by chance would make equal requests cost different sums. At equal prices
 * the latency strategy shares them out.
 */
const unrouted: RouteSettings = {
  strategy: 'price',
  isSticky: true,
  resume: 'verified',
  mayFailOverOnPolicy: false,
};

/**
 * If names are equal, `<provider>/<model>` wins, because it is promised always to be accepted; then a route, because a
 * user made it on purpose; then a model's bare name, at each provider that has it.
 */
export function indexSnapshot(snapshot: RoutingSnapshot): SnapshotIndex {
  const priceRules = new PriceRules(snapshot.priceRules);
  const offers = snapshot.providers.flatMap((provider) => {
    const adapter = adapterFor(provider.type, provider);
    return provider.models.map((model) => toOffer(snapshot, provider, model, { adapter, priceRules }));
  });
  const qualified = new Map(offers.map((offer) => [offer.name, offer]));
  const bare = Map.groupBy(offers, (offer) => offer.model.id);
  const byName = new Map<string, NamedModel>();
  const listed = new Map<string, Listed>();

  for (const [id, sameName] of bare) {
    const cheapestFirst = sameName.toSorted((one, other) => comparePrices(one.priceNanoUsd, other.priceNanoUsd));
    byName.set(id, toNamedModel([cheapestFirst.map(evenly)], unrouted));
  }
  for (const route of snapshot.routes) {
    const groups = toRouteGroups(route.candidates, qualified);
    byName.set(route.name, toNamedModel(groups, route));
    const candidates = groups.flatMap((group) => group.flatMap(({ offer }) => offer.candidate ?? []));
    if (candidates.length > 0 && !qualified.has(route.name)) listed.set(route.name, { isRoute: true, candidates });
  }
  for (const [name, offer] of qualified) byName.set(name, toNamedModel([[evenly(offer)]], unrouted));

  for (const { candidate, model, name: fullName } of offers) {
    if (candidate === null) continue;
    const isOnlyMeaning = bare.get(model.id)?.length === 1 && !listed.has(model.id) && !qualified.has(model.id);
    const name = isOnlyMeaning ? model.id : fullName;
    listed.set(name, { isRoute: false, candidates: [candidate] });
  }
  const rows = new Map([...listed].map(([name, one]) => [name, toRow(name, one)]));
  const targetKeys = new Set(offers.flatMap((offer) => offer.targets.map((target) => target.key)));
  return { snapshot, priceRules, byName, rows, listed, targetKeys };
}

/** All that can be called by this snapshot: what is worth remembering of failures. */
export function listTargetKeys(index: SnapshotIndex): ReadonlySet<TargetKey> {
  return index.targetKeys;
}

function evenly(offer: Offer): WeightedOffer {
  return { offer, weight: 1 };
}

/** Candidates that name no model of the snapshot are left out: the rest of the route still serves. */
function toRouteGroups(
  candidates: SnapshotRoute['candidates'],
  qualified: ReadonlyMap<string, Offer>,
): WeightedOffer[][] {
  const byPriority = Map.groupBy(candidates, (candidate) => candidate.priority);
  return [...byPriority]
    .sort(([one], [other]) => one - other)
    .map(([, samePriority]) =>
      samePriority.flatMap(({ provider, model, weight }) => {
        const offer = qualified.get(`${provider}/${model}`);
        return offer === undefined ? [] : [{ offer, weight }];
      }),
    );
}

function toNamedModel(offerGroups: readonly (readonly WeightedOffer[])[], settings: RouteSettings): NamedModel {
  const { strategy, isSticky, resume, mayFailOverOnPolicy } = settings;
  const operations = operation.options.filter((one) =>
    offerGroups.some((group) => group.some(({ offer }) => offer.model.operations.includes(one))),
  );
  const groups = new Map<Operation, readonly (readonly Option[])[]>();
  const lonePlans = new Map<Operation, RoutePlan>();
  for (const one of operations) {
    const priced = offerGroups.map((group) => selectPriced(group, one)).filter((group) => group.length > 0);
    if (priced.length > 0) groups.set(one, priced);
    const targets = priced.flatMap((group) => group.flatMap(({ offer }) => offer.targets));
    if (targets.length === 1) lonePlans.set(one, { targets, resume, mayFailOverOnPolicy });
  }
  return { operations, groups, lonePlans, strategy, isSticky, resume, mayFailOverOnPolicy };
}

function selectPriced(offers: readonly WeightedOffer[], wanted: Operation): Option[] {
  return offers.flatMap(({ offer, weight }) => {
    const { candidate, model } = offer;
    return candidate === null || !model.operations.includes(wanted) ? [] : [{ offer, candidate, weight }];
  });
}
