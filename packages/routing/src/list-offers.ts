import type { Candidate } from './candidate.ts';
import { comparePrices, priceSample, repriceCandidate } from './offers.ts';
import type { SnapshotIndex } from './snapshot-index.ts';

/**
 * Returns each model of each provider that has a price, at what the organisation pays. The cheapest first, at most
 * `max`.
 */
export function listOffers(index: SnapshotIndex, organizationId: string, max: number): Candidate[] {
  return [...index.listed.values()]
    .flatMap(({ isRoute, candidates }) => (isRoute ? [] : candidates))
    .map((candidate) => repriceCandidate(candidate, index.priceRules, organizationId))
    .map((candidate) => ({ candidate, sample: priceSample(candidate.price.rates) }))
    .sort((one, other) => comparePrices(one.sample, other.sample))
    .slice(0, max)
    .map(({ candidate }) => candidate);
}
