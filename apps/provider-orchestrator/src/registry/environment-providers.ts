import type { ProviderType, Rates } from '@aggregator/contracts';
import type { MockModel } from '@aggregator/mock-provider';
import { openAiApiOption } from '@aggregator/providers';
import type { EnvironmentKeys, ProviderOrchestratorConfig } from '../config.ts';
import { toCustomProvider } from '../custom-servers/to-custom-provider.ts';
import type { GivenPrices } from './catalogue/given-prices.ts';
import { readYandexModels } from './catalogue/yandex.ts';
import type { DeclaredModel, DeclaredProvider } from './declared-provider.ts';

export interface ModelSources {
  /** All that is known of a vendor's models; null where there is no list. */
  readVendorModels(type: ProviderType, given?: GivenPrices): readonly DeclaredModel[] | null;
  mockModels: readonly MockModel[];
}

/** The providers that the environment declares. */
export function toEnvironmentProviders(config: ProviderOrchestratorConfig, sources: ModelSources): DeclaredProvider[] {
  const custom = config.customServers.map((server) => toCustomProvider(server, config.tlsFiles.has(server.prefix)));
  const providers: DeclaredProvider[] = [...toVendors(config, sources), ...toYandex(config), ...custom];
  if (config.mockProvider ?? providers.length === 0) {
    providers.push({
      name: 'mock',
      type: 'Mock',
      baseUrl: mockBaseUrlOf(config),
      credentialRefs: ['none'],
      options: {},
      models: sources.mockModels.map(toMockModel),
    });
  }
  return providers;
}

/** Where the installation's own mock provider is. */
export function mockBaseUrlOf({
  mockBaseUrl,
  proxyUrl,
}: Pick<ProviderOrchestratorConfig, 'mockBaseUrl' | 'proxyUrl'>): string {
  return mockBaseUrl ?? `${proxyUrl.replace(/\/+$/, '')}/mock/v1`;
}

type Vendor = readonly [
  name: keyof EnvironmentKeys,
  type: ProviderType,
  baseUrl: string,
  prices: ReadonlyMap<string, Rates> | undefined,
  /** The variable that has the prices. */
  source: string,
];

/** Vendors whose models and prices are known. */
function toVendors(config: ProviderOrchestratorConfig, sources: ModelSources): DeclaredProvider[] {
  const vendors: readonly Vendor[] = [
    ['openai', 'OpenAI', config.openAiBaseUrl, config.openAiPrices, 'OPENAI_PRICES'],
    ['anthropic', 'Anthropic', config.anthropicBaseUrl, config.anthropicPrices, 'ANTHROPIC_PRICES'],
    ['google', 'Gemini', config.googleBaseUrl, config.googlePrices, 'GOOGLE_PRICES'],
    ['cohere', 'Cohere', config.cohereBaseUrl, config.coherePrices, 'COHERE_PRICES'],
    ['openrouter', 'OpenRouter', config.openRouterBaseUrl, config.openRouterPrices, 'OPENROUTER_PRICES'],
  ];
  return vendors.flatMap(([name, type, baseUrl, rates, source]) => {
    const credentialRefs = config.keys[name].map(({ ref }) => ref);
    if (credentialRefs.length === 0) return [];
    const options = type === 'OpenAI' ? toOpenAiOptions(config) : {};
    const models = sources.readVendorModels(type, rates && { rates, source }) ?? [];
    return [{ name, type, baseUrl, credentialRefs, options, models }];
  });
}

function toOpenAiOptions({ openAiChatApi: api }: ProviderOrchestratorConfig): Readonly<Record<string, string>> {
  return api === undefined ? {} : { [openAiApiOption]: api };
}

function toYandex({ keys, yandexBaseUrl, yandexFolderId, yandexPrices }: ProviderOrchestratorConfig) {
  const credentialRefs = keys.yandex.map(({ ref }) => ref);
  if (credentialRefs.length === 0 || yandexFolderId === undefined) return [];
  const provider: DeclaredProvider = {
    name: 'yandex',
    type: 'Yandex',
    baseUrl: yandexBaseUrl,
    credentialRefs,
    options: { folder: yandexFolderId },
    models: readYandexModels(yandexPrices),
  };
  return [provider];
}

export function toMockModel({ rates, ...model }: MockModel): DeclaredModel {
  return { ...model, price: { rates, source: '@aggregator/mock-provider' } };
}
