import {
  type ModelRow,
  type Operation,
  operation,
  type Price,
  type RoutingSnapshot,
  type SnapshotModel,
  type SnapshotProvider,
} from '@aggregator/contracts';
import { toModelRow, toRouteRow } from './model-rows.ts';

/** A provider and one of its models that we may try, with the price that the caller pays for it. */
export interface Candidate {
  readonly provider: SnapshotProvider;
  readonly model: SnapshotModel;
  readonly price: Price;
}

/** Candidates to try before those of the next group. Within a group they come in the order of `weights`, by chance. */
export interface CandidateGroup {
  readonly candidates: readonly Candidate[];
  /** As many as candidates; null where their order is fixed. */
  readonly weights: readonly number[] | null;
}

/** What a public name stands for. */
export interface NamedModel {
  /** The operations that some model of this name has, priced or not. */
  readonly operations: readonly Operation[];
  /** Groups of priced candidates for each operation, in the order to try; without an entry where there is none. */
  readonly groups: ReadonlyMap<Operation, readonly CandidateGroup[]>;
}

/** A snapshot made quick to look up, once for each that comes. Immutable. */
export interface SnapshotIndex {
  readonly snapshot: RoutingSnapshot;
  readonly byName: ReadonlyMap<string, NamedModel>;
  /** One row for each model that can be served and each route, by the name that it is listed under. */
  readonly rows: ReadonlyMap<string, ModelRow>;
}

/** A model of a provider, whose price may be missing. */
interface Offer {
  readonly provider: SnapshotProvider;
  readonly model: SnapshotModel;
  readonly candidate: Candidate | null;
}

interface OfferGroup {
  readonly offers: readonly Offer[];
  readonly weights: readonly number[] | null;
}

/**
 * Where names meet, `<provider>/<model>` wins, since that is promised always to be accepted; then a route, since somebody
 * made it on purpose; then a model's bare name, at each provider that has it, in the order of providers.
 */
export function indexSnapshot(snapshot: RoutingSnapshot): SnapshotIndex {
  const offers = snapshot.providers.flatMap((provider) =>
    provider.models.map((model) => toOffer(snapshot, provider, model)),
  );
  const qualified = new Map(offers.map((offer) => [qualifiedName(offer), offer]));
  const bare = Map.groupBy(offers, (offer) => offer.model.id);
  const byName = new Map<string, NamedModel>();
  const rows = new Map<string, ModelRow>();

  for (const [id, sameName] of bare) byName.set(id, toNamedModel([{ offers: sameName, weights: null }]));
  for (const route of snapshot.routes) {
    const groups = toRouteGroups(route.candidates, qualified);
    const named = toNamedModel(groups);
    byName.set(route.name, named);
    const candidates = groups.flatMap((group) => group.offers.flatMap((offer) => offer.candidate ?? []));
    if (candidates.length > 0 && !qualified.has(route.name)) rows.set(route.name, toRouteRow(route.name, candidates));
  }
  for (const [name, offer] of qualified) byName.set(name, toNamedModel([{ offers: [offer], weights: null }]));

  for (const offer of offers) {
    if (offer.candidate === null) continue;
    const { id } = offer.model;
    const isOnlyMeaning = bare.get(id)?.length === 1 && !rows.has(id) && !qualified.has(id);
    const name = isOnlyMeaning ? id : qualifiedName(offer);
    rows.set(name, toModelRow(name, offer.candidate));
  }
  return { snapshot, byName, rows };
}

function toOffer(snapshot: RoutingSnapshot, provider: SnapshotProvider, model: SnapshotModel): Offer {
  const version = model.priceVersion;
  const rates = version !== null && Object.hasOwn(snapshot.prices, version) ? snapshot.prices[version] : undefined;
  const candidate = version === null || rates === undefined ? null : { provider, model, price: { version, rates } };
  return { provider, model, candidate };
}

function qualifiedName({ provider, model }: Offer): string {
  return `${provider.name}/${model.id}`;
}

/** Candidates that name no model of the snapshot are left out: the rest of the route still serves. */
function toRouteGroups(
  candidates: RoutingSnapshot['routes'][number]['candidates'],
  qualified: ReadonlyMap<string, Offer>,
): OfferGroup[] {
  const byPriority = Map.groupBy(candidates, (candidate) => candidate.priority);
  return [...byPriority]
    .sort(([one], [other]) => one - other)
    .map(([, samePriority]) => {
      const found = samePriority.flatMap(({ provider, model, weight }) => {
        const offer = qualified.get(`${provider}/${model}`);
        return offer === undefined ? [] : [{ offer, weight }];
      });
      return { offers: found.map(({ offer }) => offer), weights: found.map(({ weight }) => weight) };
    });
}

function toNamedModel(offerGroups: readonly OfferGroup[]): NamedModel {
  const operations = operation.options.filter((one) =>
    offerGroups.some((group) => group.offers.some((offer) => offer.model.operations.includes(one))),
  );
  const groups = new Map<Operation, readonly CandidateGroup[]>();
  for (const one of operations) {
    const priced = offerGroups.map((group) => selectPriced(group, one)).filter((group) => group.candidates.length > 0);
    if (priced.length > 0) groups.set(one, priced);
  }
  return { operations, groups };
}

function selectPriced({ offers, weights }: OfferGroup, wanted: Operation): CandidateGroup {
  const candidates: Candidate[] = [];
  const kept: number[] = [];
  for (const [index, { model, candidate }] of offers.entries()) {
    if (candidate === null || !model.operations.includes(wanted)) continue;
    candidates.push(candidate);
    kept.push(weights?.[index] ?? 0);
  }
  return { candidates, weights: weights === null || candidates.length < 2 ? null : kept };
}
