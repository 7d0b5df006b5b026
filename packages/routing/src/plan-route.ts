import { AppError, type Operation } from '@aggregator/contracts';
import { draw, type Lot } from './draw.ts';
import { repriceOffer } from './offers.ts';
import { type Ordering, orderOptions } from './order-options.ts';
import { preferOrder, selectPreferred } from './preferences.ts';
import { boundTargets, readyFirst, withoutRepeats } from './ready-first.ts';
import { rendezvous } from './rendezvous.ts';
import type { RoutePlan, RouteRequest, Target, TargetView } from './route-port.ts';
import type { NamedModel, Option, SnapshotIndex } from './snapshot-index.ts';

type Groups = readonly (readonly Option[])[];

/**
 * Returns the targets for a request, in order: by priority, then by the route's strategy or the caller's preferences,
 * then by key; targets that are not ready are last. Names of `fallbacks` follow the model; a name without a target is
 * skipped. Allocates nothing where one target alone can serve and the caller has no preferences.
 *
 * @param random Returns a number in [0, 1).
 * @throws {AppError} If no name has a target, the error of the first: `model_not_found` (also if the model exists but
 * not for this operation, or if a preference leaves no target; `param` then names it), `model_not_allowed`,
 * `model_not_priced`.
 */
export function planRoute(
  index: SnapshotIndex,
  request: RouteRequest,
  view: TargetView,
  random: () => number,
): RoutePlan {
  const { fallbacks, preferences, principalModels } = request;
  const named = index.byName.get(request.model);
  const hasOwnPrices = index.priceRules.concern(request.organizationId);
  if (fallbacks.length === 0 && preferences === null && !hasOwnPrices) {
    const lone = named?.lonePlans.get(request.operation);
    if (lone !== undefined && (principalModels === null || principalModels.includes(request.model))) return lone;
  }
  const targets = collectTargets(index, request, view, random);
  const { resume, mayFailOverOnPolicy } = named ?? { resume: 'verified', mayFailOverOnPolicy: false };
  return { targets, resume, mayFailOverOnPolicy };
}

function collectTargets(
  index: SnapshotIndex,
  request: RouteRequest,
  view: TargetView,
  random: () => number,
): readonly Target[] {
  let refusal: AppError | null = null;
  const targets: Target[] = [];
  for (const name of [request.model, ...request.fallbacks]) {
    const named = index.byName.get(name);
    const groups = findGroups(named, { name, index, request });
    if (groups instanceof AppError) refusal ??= groups;
    else if (named !== undefined) targets.push(...orderTargets(named, groups, request, view, random));
  }
  if (targets.length === 0) throw refusal ?? new AppError('model_not_found', { param: 'model' });
  return boundTargets(readyFirst(withoutRepeats(targets), view));
}

/** Returns the groups that may serve under this name, or the error if there is none. */
function findGroups(
  named: NamedModel | undefined,
  { name, index, request }: { readonly name: string; readonly index: SnapshotIndex; readonly request: RouteRequest },
): Groups | AppError {
  if (named === undefined || named.operations.length === 0) return new AppError('model_not_found', { param: 'model' });
  if (!named.operations.includes(request.operation)) return wrongOperation(request, named.operations);
  const groups = named.groups.get(request.operation);
  if (groups === undefined) return notPriced(request.operation);
  const allowed = reprice(selectAllowed(groups, name, request.principalModels), index, request.organizationId);
  if (allowed.length === 0) return new AppError('model_not_allowed', { param: 'model' });
  return request.preferences === null ? allowed : selectPreferred(allowed, request.preferences, request.chat);
}

/** At the prices of the organisation, if it has its own rules. */
function reprice(groups: Groups, { priceRules }: SnapshotIndex, organizationId: string): Groups {
  if (!priceRules.concern(organizationId)) return groups;
  return groups.map((group) =>
    group.flatMap((option) => {
      const offer = repriceOffer(option.offer, priceRules, organizationId);
      return offer.candidate === null ? [] : [{ ...option, offer, candidate: offer.candidate }];
    }),
  );
}

function selectAllowed(groups: Groups, name: string, principalModels: readonly string[] | null): Groups {
  if (principalModels === null || principalModels.includes(name)) return groups;
  return groups
    .map((group) =>
      group.filter(({ offer }) => principalModels.includes(offer.model.id) || principalModels.includes(offer.name)),
    )
    .filter((group) => group.length > 0);
}

function orderTargets(
  named: NamedModel,
  groups: Groups,
  { affinity, preferences }: RouteRequest,
  view: TargetView,
  random: () => number,
): readonly Target[] {
  const isBound = affinity !== null && named.isSticky;
  const lot: Lot<Option> = isBound ? ({ offer }) => rendezvous(affinity, offer.name) : random;
  const ordering: Ordering = {
    strategy: preferences?.sort ?? named.strategy,
    lot,
    exploration: isBound || preferences?.sort !== undefined ? null : random,
  };
  const byStrategy = groups.flatMap((group) => orderOptions(group, ordering, view));
  const targets = preferOrder(byStrategy, preferences?.order).flatMap(({ offer }) =>
    orderKeys(offer.targets, affinity, random),
  );
  const isOrdered = preferences?.order !== undefined && preferences.order.length > 0;
  return preferences?.allow_fallbacks === false && !isOrdered ? keepFirstProvider(readyFirst(targets, view)) : targets;
}

/** By chance; a session stays with one key, whose account has its prompts in the provider's cache. */
function orderKeys(targets: readonly Target[], affinity: string | null, random: () => number): readonly Target[] {
  if (targets.length === 1) return targets;
  const lot: Lot<Target> = affinity === null ? random : ({ key }) => rendezvous(affinity, key);
  return draw(targets, () => 1, lot);
}

function keepFirstProvider(targets: readonly Target[]): readonly Target[] {
  const provider = targets[0]?.candidate.provider;
  return targets.filter((target) => target.candidate.provider === provider);
}

function notPriced(operation: Operation): AppError {
  const missing = operation === 'chat.completions' ? 'inputUncached, outputText' : 'inputUncached';
  return new AppError('model_not_priced', {
    param: 'model',
    message: `This model has no price, so it cannot be called. Missing rates: ${missing}.`,
  });
}

function wrongOperation({ operation }: RouteRequest, operations: readonly Operation[]): AppError {
  return new AppError('model_not_found', {
    param: 'model',
    message: `This model does not serve ${operation}, only ${operations.join(', ')}. GET /v1/models lists the models.`,
  });
}
