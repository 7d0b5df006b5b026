import type { Price, SnapshotModel, SnapshotProvider } from '@aggregator/contracts';
import type { ProviderAdapter } from '@aggregator/providers';

/** A provider and one of its models that we may try, with the price that the caller pays for it. */
export interface Candidate {
  readonly provider: SnapshotProvider;
  readonly model: SnapshotModel;
  readonly price: Price;
  /** What it costs without a markup or a discount. */
  readonly listPrice: Price;
  /** The dialect of the provider. */
  readonly adapter: ProviderAdapter;
}
