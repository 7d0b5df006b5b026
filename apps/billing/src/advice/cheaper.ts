import {
  type Advice,
  type ModelOffer,
  type Rates,
  type Steps,
  type Usage,
  usageComponents,
} from '@aggregator/contracts';
import { groupInOrder, type PastRequest, priceOrNull, type Repriced, servedBy, toAdvice } from './past-request.ts';

/** Offers that are computed request by request, of those that look cheapest. */
const offersTriedMax = 3;

/** Advises another model with the same capabilities, and another provider of the same model, where it would have cost less. */
export function* adviseCheaper(requests: readonly PastRequest[], offers: readonly ModelOffer[]): Steps<Advice[]> {
  const found: Advice[] = [];
  const groups = yield* groupInOrder(requests, (one) => (one.isHit ? null : [one.provider, one.model, one.operation]));
  for (const group of groups) {
    const [first] = group;
    const present = offers.find(({ provider, model }) => provider === first?.provider && model === first.model);
    if (first === undefined || present === undefined) continue;
    const able = offers.filter((offer) => canReplace(offer, present, first.operation));
    const same = able.filter((offer) => nameOf(offer) === nameOf(present) && offer.provider !== present.provider);
    const others = able.filter((offer) => nameOf(offer) !== nameOf(present));
    for (const [kind, fitting] of [
      ['cheaper_provider', same],
      ['cheaper_model', others],
    ] as const) {
      const advice = yield* findCheapest(kind, group, fitting);
      if (advice !== null) found.push(advice);
    }
  }
  return found;
}

/** Everything that the present model can do, the other one can. */
function canReplace(offer: ModelOffer, present: ModelOffer, operation: string): boolean {
  return (
    offer.operations.some((one) => one === operation) &&
    present.capabilities.every((capability) => offer.capabilities.includes(capability)) &&
    offer.contextLength >= present.contextLength &&
    (offer.maxOutputTokens ?? 0) >= (present.maxOutputTokens ?? 0)
  );
}

/** The name of a model without the vendor that some providers put before it: `openai/gpt-4o` is `gpt-4o`. */
function nameOf({ model }: ModelOffer): string {
  return model.slice(model.lastIndexOf('/') + 1).toLowerCase();
}

function* findCheapest(
  kind: 'cheaper_model' | 'cheaper_provider',
  group: readonly PastRequest[],
  offers: readonly ModelOffer[],
): Steps<Advice | null> {
  const [first] = group;
  if (first === undefined) return null;
  const all = yield* sumUsage(group);
  const likely = offers
    .flatMap((offer) => {
      const sum = priceOrNull(all, withoutTiers(offer.rates));
      return sum === null ? [] : [{ offer, sum }];
    })
    .sort((one, other) => (one.sum < other.sum ? -1 : 1))
    .slice(0, offersTriedMax);
  let best: Advice | null = null;
  for (const { offer } of likely) {
    const repriced = yield* repriceAll(group, offer);
    const { provider, model } = offer;
    const advice =
      repriced === null
        ? null
        : toAdvice(
            {
              ...{ kind, current: servedBy(first), proposed: { provider, model }, keyId: null },
              explain: () => explanations[kind](first, offer),
            },
            repriced,
          );
    if (advice !== null && (best === null || BigInt(advice.savedNanoUsd) > BigInt(best.savedNanoUsd))) best = advice;
  }
  return best;
}

/** Null if one of the requests has a counter that the offer has no rate for. */
function* repriceAll(group: readonly PastRequest[], offer: ModelOffer): Steps<Repriced[] | null> {
  const repriced: Repriced[] = [];
  for (const request of group) {
    const wouldCost = priceOrNull(request.usage, offer.rates);
    if (wouldCost === null) return null;
    repriced.push({ request, wouldCost });
    yield;
  }
  return repriced;
}

function* sumUsage(group: readonly PastRequest[]): Steps<Usage> {
  const sum: Usage = {};
  for (const { usage } of group) {
    for (const component of usageComponents) {
      const units = usage[component] ?? 0;
      if (units > 0) sum[component] = (sum[component] ?? 0) + units;
    }
    yield;
  }
  return sum;
}

/** A sum of requests is not one long request. */
const withoutTiers = ({ above: _above, ...plain }: Rates): Rates => plain;

const explanations = {
  cheaper_model: (from: PastRequest, to: ModelOffer) =>
    `${to.model} of ${to.provider} has all capabilities of ${from.model}, and at least its context length and output length. ` +
    'Each request is computed again with its own counters at the price that holds now. Another model can count tokens differently and ' +
    'answer differently: compare the answers before you change.',
  cheaper_provider: (from: PastRequest, to: ModelOffer) =>
    `${to.provider} offers ${from.model} as ${to.model}, at a lower price than ${from.provider}. ` +
    'Each request is computed again with its own counters at the price that holds now. ' +
    `Ask for ${to.provider}/${to.model}, or for a route that prefers the lowest price.`,
};
