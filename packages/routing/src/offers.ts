import type { Rates, RoutingSnapshot, SnapshotModel, SnapshotProvider } from '@aggregator/contracts';
import { priceWorstCase } from '@aggregator/pricing';
import type { ProviderAdapter } from '@aggregator/providers';
import { toTargetKey } from '@aggregator/resilience';
import type { Candidate } from './candidate.ts';
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
  /** The most that 1000 input and 1000 output tokens can cost; null where no price tells. */
  readonly priceNanoUsd: bigint | null;
}

const sampleTokens = 1000;

export function toOffer(
  snapshot: RoutingSnapshot,
  provider: SnapshotProvider,
  model: SnapshotModel,
  adapter: ProviderAdapter,
): Offer {
  const name = `${provider.name}/${model.id}`;
  const version = model.priceVersion;
  const rates = version !== null && Object.hasOwn(snapshot.prices, version) ? snapshot.prices[version] : undefined;
  if (version === null || rates === undefined) {
    return { name, provider, model, candidate: null, targets: [], priceNanoUsd: null };
  }
  const candidate: Candidate = { provider, model, price: { version, rates }, adapter };
  const targets = [...new Set(provider.credentialRefs)].map((credentialRef) => ({
    key: toTargetKey(provider.name, model.id, credentialRef),
    candidate,
    credentialRef,
  }));
  return { name, provider, model, candidate, targets, priceNanoUsd: priceSample(rates) };
}

function priceSample(rates: Rates): bigint | null {
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
