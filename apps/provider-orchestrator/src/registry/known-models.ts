import type { ProviderType } from '@aggregator/contracts';
import { adapterFor } from '@aggregator/providers';
import type { ProviderOrchestratorConfig } from '../config.ts';
import { withFixedPrices } from './catalogue/given-prices.ts';
import { readVendorModels } from './catalogue/index.ts';
import type { DeclaredModel } from './declared-provider.ts';

/** All that is known of what a type offers at `nowMs`, read once for each type that is asked for; empty if nothing is. */
export function knownModelsAt(
  { vendors }: Pick<ProviderOrchestratorConfig, 'vendors'>,
  nowMs: number,
): (type: ProviderType) => readonly DeclaredModel[] {
  const read = new Map<ProviderType, readonly DeclaredModel[]>();
  return (type) => {
    const known = read.get(type) ?? readKnown(type);
    read.set(type, known);
    return known;
  };

  function readKnown(type: ProviderType): readonly DeclaredModel[] {
    const { models } = adapterFor(type).facts;
    if (models === undefined) return [];
    if ('listId' in models) return readVendorModels(type, nowMs) ?? [];
    return withFixedPrices(models, vendors.find((vendor) => vendor.type === type)?.prices);
  }
}
