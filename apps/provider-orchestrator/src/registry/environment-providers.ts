import type { ProviderType } from '@aggregator/contracts';
import { adapterFor, mockType, type ProviderAdapter } from '@aggregator/providers';
import type { ProviderOrchestratorConfig } from '../config.ts';
import { toCustomProvider } from '../custom-servers/to-custom-provider.ts';
import { type GivenPrices, withFixedPrices } from './catalogue/given-prices.ts';
import type { DeclaredProvider } from './declared-provider.ts';
import type { VendorSettings } from './vendor-variables.ts';

export interface ModelSources {
  /** The models of a vendor with their list prices; null if no list has them. */
  readVendorModels(type: ProviderType, given?: GivenPrices): DeclaredProvider['models'] | null;
}

/** The providers that the environment declares. */
export function toEnvironmentProviders(config: ProviderOrchestratorConfig, sources: ModelSources): DeclaredProvider[] {
  const custom = config.customServers.map((server) => toCustomProvider(server, config.tlsFiles.has(server.prefix)));
  const vendors = config.vendors.flatMap((vendor) => (vendor.keys.length === 0 ? [] : [toVendor(vendor, sources)]));
  const providers: DeclaredProvider[] = [...vendors, ...custom];
  if (config.mockProvider ?? providers.length === 0) providers.push(toMock(mockBaseUrlOf(config)));
  return providers;
}

/** Address of the installation's own mock provider. */
export function mockBaseUrlOf({
  mockBaseUrl,
  proxyUrl,
}: Pick<ProviderOrchestratorConfig, 'mockBaseUrl' | 'proxyUrl'>): string {
  return mockBaseUrl ?? `${proxyUrl.replace(/\/+$/, '')}/mock/v1`;
}

function toVendor({ type, name, baseUrl, keys, prices, options }: VendorSettings, sources: ModelSources) {
  const { models } = adapterFor(type).facts;
  return {
    name,
    type,
    baseUrl,
    credentialRefs: keys.map(({ ref }) => ref),
    options,
    models: readModels(models, prices) ?? sources.readVendorModels(type, prices) ?? [],
  };
}

function toMock(baseUrl: string): DeclaredProvider {
  const { builtIn, models } = adapterFor(mockType).facts;
  return {
    name: builtIn ?? 'mock',
    type: mockType,
    baseUrl,
    credentialRefs: ['none'],
    options: {},
    models: readModels(models) ?? [],
  };
}

/** Null if the models are those of a list. */
function readModels(models: ProviderAdapter['facts']['models'], prices?: GivenPrices) {
  return models === undefined || 'listId' in models ? null : withFixedPrices(models, prices);
}
