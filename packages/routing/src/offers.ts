import type { Price, Rates, RoutingSnapshot, SnapshotModel, SnapshotProvider } from '@aggregator/contracts';
import { priceWorstCase } from '@aggregator/pricing';
import type { ProviderAdapter } from '@aggregator/providers';
import { toTargetKey } from '@aggregator/resilience';
import type { Candidate } from './candidate.ts';
import type { PriceRules } from './price-rules.ts';
import type { Target } from './route-port.ts';

/** A model of a provider, whose price may be missing. */
export interface Offer {
  /** `<provider>/<model>` */
  readonly name: string;
  readonly provider: SnapshotProvider;
  readonly model: SnapshotModel;
  readonly candidate: Candidate | null;
  /** One for each of the provider's keys; none where there is no price. */
  readonly targets: readonly Target[];
  /** The most that 1000 input and 1000 output tokens can cost; null if there is no price. */
  readonly priceNanoUsd: bigint | null;
}

const sampleTokens = 1000;

export function toOffer(
  snapshot: RoutingSnapshot,
  provider: SnapshotProvider,
  model: SnapshotModel,
  { adapter, priceRules }: { readonly adapter: ProviderAdapter; readonly priceRules: PriceRules },
): Offer {
  const name = `${provider.name}/${model.id}`;
  const listPrice = readListPrice(snapshot, model);
  if (listPrice === null) {
    return { name, provider, model, candidate: null, targets: [], priceNanoUsd: null };
  }
  const price = priceRules.apply(name, listPrice, null);
  const candidate: Candidate = { provider, model, price, listPrice, adapter };
  const targets = [...new Set(provider.credentialRefs)].map((credentialRef) => ({
    key: toTargetKey(provider.name, model.id, credentialRef),
    candidate,
    credentialRef,
  }));
  return { name, provider, model, candidate, targets, priceNanoUsd: priceSample(price.rates) };
}

/** The same offer at the prices of an organisation that has its own rules. */
export function repriceOffer(offer: Offer, priceRules: PriceRules, organizationId: string): Offer {
  if (offer.candidate === null) return offer;
  const candidate = repriceCandidate(offer.candidate, priceRules, organizationId);
  const targets = offer.targets.map((target) => ({ ...target, candidate }));
  return { ...offer, candidate, targets, priceNanoUsd: priceSample(candidate.price.rates) };
}

export function repriceCandidate(candidate: Candidate, priceRules: PriceRules, organizationId: string): Candidate {
  const { provider, model, listPrice } = candidate;
  return { ...candidate, price: priceRules.apply(`${provider.name}/${model.id}`, listPrice, organizationId) };
}

function readListPrice({ prices }: RoutingSnapshot, { priceVersion, costVersion }: SnapshotModel): Price | null {
  const read = (version: string | null | undefined) => {
    const found =
      version !== null && version !== undefined && Object.hasOwn(prices, version) ? prices[version] : undefined;
    return version && found !== undefined ? { version, rates: found } : null;
  };
  const price = read(priceVersion);
  const cost = read(costVersion);
  return price === null || cost === null ? price : { ...price, cost };
}

/** The most that 1000 input and 1000 output tokens can cost, in nano-USD; null if plain input has no rate. */
export function priceSample(rates: Rates): bigint | null {
  if (rates.inputUncached === undefined) return null;
  const outputTokensMax = rates.outputText === undefined ? 0 : sampleTokens;
  return priceWorstCase({ inputTokensMax: sampleTokens, outputTokensMax, requests: 1 }, rates);
}

/** The cheapest first; what has no price to compare comes last. */
export function comparePrices(one: bigint | null, other: bigint | null): number {
  if (one === other) return 0;
  if (one === null || other === null) return one === null ? 1 : -1;
  return one < other ? -1 : 1;
}
