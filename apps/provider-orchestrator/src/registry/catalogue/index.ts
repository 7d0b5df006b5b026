import type { ProviderType } from '@aggregator/contracts';
import { adapterFor, findRetirement } from '@aggregator/providers';
import type { DeclaredModel } from '../declared-provider.ts';
import { type GivenPrices, withGivenPrices } from './given-prices.ts';
import { describeUnlisted, readCatalogue } from './read-catalogue.ts';

/** The models that a vendor serves at `nowMs`, with their list prices; null if there is no list. */
export function readVendorModels(type: ProviderType, nowMs: number, given?: GivenPrices): DeclaredModel[] | null {
  const { models: vendor } = adapterFor(type).facts;
  if (vendor === undefined || !('listId' in vendor)) return null;
  const served = readCatalogue(vendor, nowMs, (name) => findRetirement(type, name, nowMs) !== null);
  if (given === undefined) return served;
  return withGivenPrices(served, readCatalogue(vendor, nowMs), given, (id) => describeUnlisted(vendor, id));
}
