import type { ProviderType } from '@aggregator/contracts';
import { mockModels } from '@aggregator/mock-provider';
import type { ProviderOrchestratorConfig } from '../config.ts';
import { readVendorModels } from './catalogue/index.ts';
import { readYandexModels } from './catalogue/yandex.ts';
import type { DeclaredModel } from './declared-provider.ts';
import { toMockModel } from './environment-providers.ts';

/** All that is known of what a type offers at `nowMs`, read once for each type that is asked for; empty where nothing is. */
export function knownModelsAt(
  { yandexPrices }: Pick<ProviderOrchestratorConfig, 'yandexPrices'>,
  nowMs: number,
): (type: ProviderType) => readonly DeclaredModel[] {
  const read = new Map<ProviderType, readonly DeclaredModel[]>();
  return (type) => {
    const known = read.get(type) ?? readKnown(type);
    read.set(type, known);
    return known;
  };

  function readKnown(type: ProviderType): readonly DeclaredModel[] {
    if (type === 'Mock') return mockModels.map(toMockModel);
    if (type === 'Yandex') return readYandexModels(yandexPrices);
    return readVendorModels(type, nowMs) ?? [];
  }
}
